import { type BenchContext, errorNotes, runMeasured, runOnBareServer, settle } from '../bench-context.ts'
import type { LoadPlan } from '../load/load-plan.ts'
import { profiled } from '../profile/profiled.ts'
import type { Row } from '../report/figure.ts'
import { number } from '../report/print-report.ts'

const CLOSED_SECONDS = 10
const OPEN_SECONDS = 30
const WARM_UP = 3
const RATE = 1_000
const OPEN_CONNECTIONS = 50
// a commit serves all requests that wait for it, so more connections than for batches
const CONNECTIONS_FACTOR = 4

/** Requests with one event each: how many a second at the most, and how long an answer takes at a thousand a second. */
export async function measureSingle(context: BenchContext): Promise<Row> {
  const { options, server, ledger, say } = context
  const { people, seed } = options
  const connections = options.connections * CONNECTIONS_FACTOR
  const shared = {
    target: server.target,
    requests: { kind: 'singles', people, seed: seed + 3 },
    warmUp: WARM_UP,
  } as const
  const closed: LoadPlan = {
    ...shared,
    ...{ kind: 'closed', connections, paced: false, seconds: options.seconds ?? CLOSED_SECONDS },
  }
  const open: LoadPlan = {
    ...shared,
    ...{ kind: 'open', connections: OPEN_CONNECTIONS, rate: RATE, seconds: options.seconds ?? OPEN_SECONDS },
  }
  say('  a bare node:http server')
  const bareClosed = await runOnBareServer(context, closed)
  const bareOpen = await runOnBareServer(context, open)
  say('  closed loop')
  const { result, ...profiles } = await profiled(context, 'single', () => runMeasured(context, closed))
  ledger.add(result.report)
  await settle(context)
  say(`  open loop, ${number(RATE)} a second`)
  const opened = await runMeasured(context, open)
  ledger.add(opened.report)
  const { latency, lateness } = opened.report
  return {
    row: `collect, single events: closed loop, ${connections} connections; open loop, ${number(RATE)} a second`,
    figures: [
      {
        name: 'collect, single events',
        value: result.report.requests / result.report.seconds,
        unit: 'requests/s',
        better: 'more',
        limit: { name: 'node:http', value: bareClosed.report.requests / bareClosed.report.seconds },
        floor: 4_000,
        goal: 12_000,
      },
      {
        name: `  at ${number(RATE)}/s, p50`,
        value: latency.p50,
        unit: 'ms',
        better: 'less',
        limit: { name: 'node:http', value: bareOpen.report.latency.p50 },
      },
      {
        name: `  at ${number(RATE)}/s, p99`,
        value: latency.p99,
        unit: 'ms',
        better: 'less',
        limit: { name: 'node:http', value: bareOpen.report.latency.p99 },
        floor: 50,
        goal: 10,
      },
      {
        name: `  at ${number(RATE)}/s, longest`,
        value: latency.max,
        unit: 'ms',
        better: 'less',
        limit: { name: 'node:http', value: bareOpen.report.latency.max },
      },
    ],
    checks: await settle(context),
    notes: [
      `closed loop: p50 ${number(result.report.latency.p50)} ms, p99 ${number(result.report.latency.p99)} ms`,
      `open loop: ${number(opened.report.requests / opened.report.seconds)} a second were taken; requests went out ${number(lateness.p50)} ms (p50), ${number(lateness.p99)} ms (p99) late, which the times include`,
      ...errorNotes('closed loop', result.report),
      ...errorNotes('open loop', opened.report),
    ],
    cpu: { 'bare server, closed loop': bareClosed.cpu, 'closed loop': result.cpu, 'open loop': opened.cpu },
    ...profiles,
    detail: {
      closed: result.report,
      open: opened.report,
      bareClosed: bareClosed.report,
      bareOpen: bareOpen.report,
    },
  }
}
