// The load tool: a process of its own, told over its channel what to send.
import { ClosedLoop } from './closed-loop.ts'
import { createSource } from './create-source.ts'
import { MessageNumbers } from './event-requests.ts'
import type { LoadPlan, LoadReport, ToolAnswer, ToolRequest } from './load-plan.ts'
import { timesOf } from './load-times.ts'
import { OpenLoop } from './open-loop.ts'
import { Tally } from './tally.ts'
import { VisibleProbe } from './visible-probe.ts'

const messages = new MessageNumbers()
let closedLoop: ClosedLoop | undefined
let openLoop: OpenLoop | undefined

process.on('message', (request: ToolRequest) => {
  switch (request.kind) {
    case 'allow':
      return closedLoop?.allow(request.upTo)
    case 'end':
      return openLoop?.end()
    case 'run':
      void answer(request.plan)
  }
})
process.on('disconnect', () => process.exit(0))
say({ kind: 'ready' })

async function answer(plan: LoadPlan): Promise<void> {
  try {
    say({ kind: 'report', report: await run(plan) })
  } catch (error) {
    say({ kind: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
}

function run(plan: LoadPlan): Promise<LoadReport> {
  switch (plan.kind) {
    case 'closed':
      return runClosed(plan)
    case 'open':
      return runOpen(plan)
    case 'visible':
      return runVisible(plan)
  }
}

function runClosed(plan: Extract<LoadPlan, { kind: 'closed' }>): Promise<LoadReport> {
  closedLoop = new ClosedLoop(plan, createSource(plan.requests, plan.target, messages))
  return closedLoop.run(
    () => say({ kind: 'started' }),
    () => say({ kind: 'measuring' }),
  )
}

async function runOpen(plan: Extract<LoadPlan, { kind: 'open' }>): Promise<LoadReport> {
  const source = createSource(plan.requests, plan.target, messages)
  const tally = new Tally()
  const { connections, rate, target } = plan
  const loop = new OpenLoop({ target, source, tally, connections, rate })
  await loop.connect()
  openLoop = loop
  tellTimes(plan)
  return tally.report(await loop.run(timesOf(plan)))
}

async function runVisible(plan: Extract<LoadPlan, { kind: 'visible' }>): Promise<LoadReport> {
  const { connections, target, people, seed, probeRate } = plan
  const source = createSource({ kind: 'singles', people, seed }, target, messages)
  const tally = new Tally()
  const rate = plan.rate - probeRate
  const loop = new OpenLoop({ target, source, tally, connections, rate })
  const probe = new VisibleProbe({ target, tally, people, rate: probeRate, ...plan.probe })
  await Promise.all([loop.connect(), probe.connect()])
  tellTimes(plan)
  const times = timesOf(plan)
  const [probes] = await Promise.all([probe.run(times), loop.run(times)])
  return { ...tally.report(plan.seconds), probes }
}

function tellTimes(plan: LoadPlan): void {
  say({ kind: 'started' })
  setTimeout(() => say({ kind: 'measuring' }), plan.warmUp * 1_000)
}

function say(message: ToolAnswer): void {
  process.send?.(message)
}
