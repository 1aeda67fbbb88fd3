import { setTimeout as pause } from 'node:timers/promises'
import type { PipelineAnswer } from '@affluent/protocol/endpoints/pipeline'
import { type BenchContext, errorNotes, runMeasured, settle } from '../bench-context.ts'
import type { RequestPlan } from '../load/load-plan.ts'
import type { Row } from '../report/figure.ts'
import { number } from '../report/print-report.ts'
import { walkRate } from './walk-rate.ts'

const BATCH = 100
const CONNECTIONS = 64
const SECONDS = 60
const ALONE_SECONDS = 15
const WARM_UP = 5
const POLL_MS = 250
// so many events a second go that the walk keeps most of its own rate, and what was built up goes within the same time
const SHARE_FLOOR = 0.7

interface Reading {
  readonly at: number
  readonly counts: PipelineAnswer
  /** how long the server took to tell */
  readonly ms: number
}

/**
 * More comes than can be walked, for a minute: what the walk keeps of its rate, how far it falls behind, and how long
 * it takes to catch up.
 */
export async function measureFlood(context: BenchContext): Promise<Row> {
  const { options, server, ledger, say } = context
  const seconds = options.seconds ?? SECONDS
  await walkRate(context, batchesOf(context, 1), WARM_UP)
  const alone = await walkRate(context, batchesOf(context, 2), Math.min(ALONE_SECONDS, seconds))
  const readings: Reading[] = []
  const began = performance.now()
  let isOver = false
  const reading = (async () => {
    while (!isOver) {
      readings.push(await read(context, began))
      await pause(POLL_MS)
    }
  })()
  const { report, cpu } = await runMeasured(context, {
    kind: 'closed',
    target: server.target,
    requests: batchesOf(context, 3),
    connections: CONNECTIONS,
    seconds,
    warmUp: 0,
    paced: false,
  })
  ledger.add(report)
  isOver = true
  await reading
  const flooded = readings.filter(({ at }) => at <= seconds * 1_000)
  const endedAt = performance.now()
  say('  catching up')
  let last = await read(context, began)
  while (last.counts.processed < last.counts.accepted) {
    readings.push(last)
    await pause(POLL_MS)
    last = await read(context, began)
  }
  const drainSeconds = (performance.now() - endedAt) / 1_000
  const checks = await settle(context)
  const walked = rateOf(flooded)
  return {
    row: `flood: ${CONNECTIONS} connections that send batches of ${BATCH} for ${seconds} s`,
    figures: [
      {
        name: 'walk in a flood',
        value: walked,
        unit: 'events/s',
        better: 'more',
        limit: { name: 'alone', value: alone.rate },
      },
      {
        name: '  share of its rate alone',
        value: walked / alone.rate,
        unit: 'ratio',
        better: 'more',
        floor: SHARE_FLOOR,
      },
      { name: '  events taken', value: report.events / report.seconds, unit: 'events/s', better: 'more' },
      {
        name: '  longest lag',
        value: Math.max(...readings.map(({ counts }) => counts.lagMs)),
        unit: 'ms',
        better: 'less',
      },
      {
        name: '  caught up after',
        value: drainSeconds * 1_000,
        unit: 'ms',
        better: 'less',
        floor: seconds * 1_000,
      },
    ],
    checks,
    notes: [
      `walked a second, in each tenth of the time: ${tenths(flooded).map(number).join(' ')}`,
      `answers: p50 ${number(report.latency.p50)} ms, p99 ${number(report.latency.p99)} ms; the running counts were told within ${number(Math.max(...flooded.map(({ ms }) => ms)))} ms`,
      ...errorNotes('flood', report),
    ],
    cpu: { flood: cpu },
    detail: {
      report,
      readings: readings.map(({ at, counts: { accepted, processed, loaded, lagMs } }) => ({
        ...{ at, accepted, processed, loaded, lagMs },
      })),
    },
  }
}

function batchesOf({ options: { people, seed } }: BenchContext, part: number): RequestPlan {
  return { kind: 'batches', size: BATCH, people, seed: seed + part }
}

async function read({ server }: BenchContext, began: number): Promise<Reading> {
  const askedAt = performance.now()
  const counts = await server.pipeline()
  return { at: askedAt - began, counts, ms: performance.now() - askedAt }
}

/** Events processed a second, from the first reading to the last. */
function rateOf(readings: readonly Reading[]): number {
  const first = readings[0]
  const last = readings.at(-1)
  if (first === undefined || last === undefined || last.at === first.at) return 0
  return ((last.counts.processed - first.counts.processed) / (last.at - first.at)) * 1_000
}

function tenths(readings: readonly Reading[]): number[] {
  const length = Math.floor(readings.length / 10)
  return length < 1
    ? []
    : Array.from({ length: 10 }, (_, part) => rateOf(readings.slice(part * length, (part + 1) * length + 1)))
}
