import type { OneDeliveryAnswer } from '@affluent/protocol/endpoints/deliveries'
import { DESTINATION_SOCKETS_MAX } from '@affluent/protocol/limits'
import { awaitDelivered, WebhookConnection } from '../api/webhook-connection.ts'
import { type BenchContext, errorNotes, rootsOf, runMeasured, settle } from '../bench-context.ts'
import { measureBareSender } from '../limits/bare-sender.ts'
import { CpuLedger, type CpuReport } from '../machine/cpu-ledger.ts'
import { profiled } from '../profile/profiled.ts'
import type { ReceiverManner, ReceiverReport } from '../receivers/receiver-messages.ts'
import { Receivers } from '../receivers/receivers.ts'
import type { Check, Row } from '../report/figure.ts'
import { number } from '../report/print-report.ts'
import { walkRate } from './walk-rate.ts'

const BATCH = 100
const QUEUED = 40_000
const FEED_SECONDS_MAX = 120
const BARE_SECONDS = 5
const LAG_SECONDS = 30
const WARM_UP = 3
// with 20 destinations a thousand deliveries a second
const LAG_RATE = 50
const LAG_CONNECTIONS = 10
const LAG_MS_MAX = 5_000
const GOOD = 17
const BAD: readonly ReceiverManner[] = ['hangs', 'fails', 'limits']
const MASKED = /[^\x20-\x7e]/g

/** How fast a webhook is posted to, and whether a bad destination is felt by the others. */
export async function measureDeliver(context: BenchContext): Promise<Row> {
  const receivers = await Receivers.start([...Array<ReceiverManner>(GOOD).fill('takes'), ...BAD])
  try {
    const { result: fast, ...profiles } = await profiled(context, 'deliver', () => drain(context, receivers))
    const bare = await sendBare(context, receivers, fast.id)
    const lag = await lagBesideBad(context, receivers)
    return {
      row: `deliver: ${number(QUEUED)} deliveries that are queued for one webhook; ${GOOD + BAD.length} webhooks of which one hangs, one answers 500, one 429, at ${LAG_RATE} events a second`,
      figures: [
        {
          name: 'deliver to one webhook',
          value: fast.report.distinct / fast.seconds,
          unit: 'deliveries/s',
          better: 'more',
          limit: { name: `undici, ${DESTINATION_SOCKETS_MAX} sockets`, value: bare },
        },
        { name: '  lag beside three bad ones, p50', value: lag.report.lag.p50, unit: 'ms', better: 'less' },
        {
          ...{ name: '  lag beside three bad ones, p99', value: lag.report.lag.p99, unit: 'ms' },
          ...{ better: 'less', floor: LAG_MS_MAX },
        },
      ],
      checks: [...(await settle(context)), ...fast.checks, ...lag.checks],
      notes: [
        `lag: from the event's receipt until it came, over ${GOOD} webhooks; longest ${number(lag.report.lag.max)} ms; ${number(lag.report.taken / LAG_SECONDS)} deliveries a second`,
        ...lag.notes,
      ],
      cpu: { 'one webhook': fast.cpu, 'twenty webhooks': lag.cpu },
      ...profiles,
      detail: { fast: fast.report, bare, lag: lag.report },
    }
  } finally {
    await receivers.stop()
  }
}

/** Lets deliveries become queued while the destination is off, then switches it on. */
async function drain(
  context: BenchContext,
  receivers: Receivers,
): Promise<{ id: string; report: ReceiverReport; seconds: number; cpu: CpuReport; checks: Check[] }> {
  const { options, server, say } = context
  const { people, seed } = options
  const connection = await WebhookConnection.make(context, receivers.urls[0] as string, { source: '*' })
  await connection.switch(false)
  say(`  ${number(QUEUED)} events are queued`)
  const requests = { kind: 'batches', size: BATCH, people, seed: seed + 20, events: QUEUED } as const
  await walkRate(context, requests, FEED_SECONDS_MAX)
  await receivers.forget()
  say('  delivering')
  const cpuLedger = new CpuLedger(rootsOf(context, [[receivers.pid, 'webhook receiver']]))
  const began = performance.now()
  await connection.switch(true)
  const counts = await awaitDelivered(context)
  const seconds = (performance.now() - began) / 1_000
  const cpu = cpuLedger.report()
  const report = await receivers.report()
  const path = `/v1/deliveries?limit=1&destination=${connection.destination}`
  const { deliveries } = await server.api.get<{ deliveries: { id: string }[] }>(path)
  await connection.remove()
  return {
    ...{ id: (deliveries[0] as { id: string }).id, report, seconds, cpu },
    checks: [
      {
        name: 'every event was delivered once',
        holds:
          counts.delivered === QUEUED &&
          counts.failed + counts.held + counts.cancelled === 0 &&
          report.distinct === QUEUED &&
          report.taken === QUEUED,
        said: `${QUEUED} queued, ${counts.delivered} delivered, ${report.distinct} came, ${report.taken - report.distinct} of them again`,
      },
    ],
  }
}

/** The same request, as a delivery has kept it, from a client that does nothing else. */
async function sendBare(
  { server, options, say }: BenchContext,
  receivers: Receivers,
  id: string,
): Promise<number> {
  say('  a bare undici client')
  const { delivery } = await server.api.get<OneDeliveryAnswer>(`/v1/deliveries/${id}`)
  if (delivery.request === null) throw new Error(`The delivery ${id} has no request.`)
  const { url, headers, body } = delivery.request
  // the kept signature is masked
  const sent = Object.entries(headers).map(([name, value]) => [name, value.replace(MASKED, 'x'.repeat(44))])
  return measureBareSender({
    ...{ url: url === '' ? (receivers.urls[0] as string) : url, headers: Object.fromEntries(sent), body },
    ...{ sockets: DESTINATION_SOCKETS_MAX, seconds: Math.min(BARE_SECONDS, options.seconds ?? BARE_SECONDS) },
  })
}

async function lagBesideBad(
  context: BenchContext,
  receivers: Receivers,
): Promise<{ report: ReceiverReport; cpu: CpuReport; checks: Check[]; notes: string[] }> {
  const { options, server, ledger, say } = context
  const { people, seed } = options
  const connections: WebhookConnection[] = []
  for (const url of receivers.urls)
    connections.push(await WebhookConnection.make(context, url, { source: '*' }))
  await receivers.forget()
  say(`  ${receivers.urls.length} webhooks, ${LAG_RATE} events a second`)
  const { report: load, cpu } = await runMeasured(
    context,
    {
      ...{ kind: 'open', target: server.target, requests: { kind: 'singles', people, seed: seed + 21 } },
      ...{ connections: LAG_CONNECTIONS, rate: LAG_RATE, seconds: LAG_SECONDS, warmUp: WARM_UP },
    },
    rootsOf(context, [[receivers.pid, 'webhook receivers']]),
  )
  ledger.add(load)
  await server.drained()
  const wanted = load.eventsInAll * GOOD
  const report = await taken(receivers, wanted)
  for (const connection of connections) await connection.remove()
  return {
    ...{ report, cpu, notes: errorNotes('twenty webhooks', load) },
    checks: [
      {
        name: `every event was delivered once to each of the ${GOOD} good webhooks`,
        holds: report.taken === wanted && report.distinct === wanted,
        said: `${wanted} queued, ${report.distinct} came, ${report.taken - report.distinct} of them again`,
      },
    ],
  }
}

/** Waits until so many came, or no more come. */
async function taken(receivers: Receivers, wanted: number): Promise<ReceiverReport> {
  const end = performance.now() + 2 * LAG_MS_MAX
  for (;;) {
    const report = await receivers.report()
    if (report.distinct >= wanted || performance.now() > end) return report
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
