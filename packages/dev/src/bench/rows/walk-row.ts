import type { PipelineAnswer } from '@affluent/protocol/endpoints/pipeline'
import { awaitDelivered, WebhookConnection } from '../api/webhook-connection.ts'
import { type BenchContext, errorNotes, rootsOf, settle } from '../bench-context.ts'
import { JsonParseLimit } from '../limits/json-parse.ts'
import type { RequestPlan } from '../load/load-plan.ts'
import { CpuLedger, type CpuReport, inParses, NOT_OURS } from '../machine/cpu-ledger.ts'
import { type MemorySeries, MemoryWatch, SERVER_CACHES, SHARED_BUFFERS } from '../machine/memory-watch.ts'
import type { BenchOptions } from '../options.ts'
import { profiled } from '../profile/profiled.ts'
import type { ReceiverReport } from '../receivers/receiver-messages.ts'
import { Receivers } from '../receivers/receivers.ts'
import type { Check, Row } from '../report/figure.ts'
import { number } from '../report/print-report.ts'
import { shareFigure } from '../report/share-figure.ts'
import { audienceNote } from './audience-note.ts'
import { walkRate } from './walk-rate.ts'

const BATCH = 100
const SECONDS = 60
const WARM_UP = 5
// the load tool is no part of Affluent, and shared buffers fill up to what was reserved
const GROWING = ['server', 'postgres', 'clickhouse']
const FLAT_SHARE = 0.1
const FLAT_MIB = 32
// shorter than this, caches still fill
const FLAT_SECONDS_MIN = 30
/** Of the mix's audiences, the one that people enter and leave again: connected to a webhook. */
const CONNECTED = 'pro-plan'
// it is the fifth of the mix's
const CONNECTED_FROM = 5

/**
 * How many events a second go all the way: collected, logged, walked into profiles in PostgreSQL, loaded into
 * ClickHouse; whoever enters or leaves one of the audiences is told to a webhook.
 */
export async function measureWalk(context: BenchContext): Promise<Row> {
  if (context.options.audiences < CONNECTED_FROM) return measureWith(context, WHOLE, undefined)
  const receivers = await Receivers.start(['takes'])
  try {
    return await measureWith(context, WHOLE, receivers)
  } finally {
    await receivers.stop()
  }
}

/** The same where nobody listens: no audience, no destination. */
export function measurePlainWalk(context: BenchContext): Promise<Row> {
  return measureWith(context, PLAIN, undefined)
}

/** What a walk is held against: shares of `JSON.parse`, and CPU time of an event in parses of it. */
interface WalkBounds {
  readonly name: string
  readonly rate?: { readonly floor: number; readonly goal: number }
  readonly share: { readonly floor: number; readonly goal: number }
  readonly parses?: { readonly floor: number; readonly goal: number }
}

const WHOLE: WalkBounds = {
  name: 'whole walk',
  rate: { floor: 10_000, goal: 25_000 },
  share: { floor: 0.045, goal: 0.07 },
  parses: { floor: 30, goal: 20 },
}
const PLAIN: WalkBounds = {
  name: 'walk without audiences and deliveries',
  share: { floor: 0.06, goal: 0.1 },
}

async function measureWith(
  context: BenchContext,
  bounds: WalkBounds,
  receivers: Receivers | undefined,
): Promise<Row> {
  const { options } = context
  const seconds = options.seconds ?? SECONDS
  const jsonParse = new JsonParseLimit()
  const connection =
    receivers === undefined
      ? undefined
      : await WebhookConnection.make(context, receivers.urls[0] as string, { audience: CONNECTED })
  await walkRate(context, mixOf(options, 1), WARM_UP)
  const before = (await awaitDelivered(context)).delivered
  await receivers?.forget()
  const { result, ...profiles } = await profiled(context, 'walk', () =>
    walkMeasured(context, seconds, receivers),
  )
  const { walk, memory, cpu } = result
  const settled = await settle(context)
  const ended = await awaitDelivered(context)
  const told = await receivers?.report()
  await connection?.remove()
  const { latency } = walk.report
  const limit = { name: 'JSON.parse', value: jsonParse.end() }
  const unit = { events: walk.events, parses: limit.value }
  return {
    row: `${bounds.name}: ${seconds} s, at most ${number(options.backlog)} events accepted and not loaded`,
    figures: [
      {
        name: bounds.name,
        value: walk.rate,
        unit: 'events/s',
        better: 'more',
        limit,
        ...bounds.rate,
      },
      shareFigure(walk.rate, limit.value, bounds.share),
      {
        name: '  CPU of an event',
        value: inParses(cpuOfOurs(cpu), unit),
        unit: 'parses',
        better: 'less',
        ...bounds.parses,
      },
      { name: '  memory at the start', value: totalOf(memory, 'start'), unit: 'MiB', better: 'less' },
      { name: '  memory at the end', value: totalOf(memory, 'end'), unit: 'MiB', better: 'less' },
    ],
    checks: [
      ...settled,
      ...checkFlat(memory, seconds),
      ...(told === undefined ? [] : [checkDelivered(ended, before, told)]),
    ],
    notes: [
      `${number(walk.events)} events, the last of them loaded ${number(walk.drainSeconds)} s after the last was sent`,
      priceNote(walk.rate, options.hourPrice),
      `answers meanwhile: p50 ${number(latency.p50)} ms, p99 ${number(latency.p99)} ms`,
      `loaded a second, in each tenth of the time: ${tenths(walk.readings).map(number).join(' ')}`,
      await audienceNote(context),
      ...(told === undefined ? [] : [noteDelivered(told)]),
      ...errorNotes('walk', walk.report),
    ],
    cpu: { [bounds.name]: { ...cpu, unit } },
    memory,
    ...profiles,
    detail: {
      report: walk.report,
      deliveries: told,
      readings: walk.readings.map(({ at, accepted, loaded, lagMs }) => ({ at, accepted, loaded, lagMs })),
    },
  }
}

async function walkMeasured(context: BenchContext, seconds: number, receivers: Receivers | undefined) {
  const roots = rootsOf(context, receivers === undefined ? [] : [[receivers.pid, 'webhook receiver']])
  const cpuLedger = new CpuLedger(roots)
  const watch = new MemoryWatch(roots, () => context.server.cacheBytes())
  const walk = await walkRate(context, mixOf(context.options, 2), seconds)
  return { walk, cpu: cpuLedger.report(), memory: watch.stop() }
}

function cpuOfOurs({ shares }: CpuReport): number {
  const ours = shares.filter(({ role }) => !NOT_OURS.includes(role))
  return ours.reduce((sum, { seconds }) => sum + seconds, 0)
}

function priceNote(rate: number, hourPrice: number): string {
  const price = (hourPrice / 3_600) * (1_000_000 / rate)
  return `a million events take ${number(1_000_000 / rate)} s, ${number(price)} at ${number(hourPrice)} an hour of this machine`
}

function checkDelivered(
  { delivered, failed, held, cancelled }: PipelineAnswer['deliveries'],
  before: number,
  { taken, distinct }: ReceiverReport,
): Check {
  const queued = delivered - before
  return {
    name: 'every change of the connected audience was delivered once',
    holds: failed + held + cancelled === 0 && queued === distinct && taken === distinct,
    said: `${queued} delivered, ${distinct} came, ${taken - distinct} of them again`,
  }
}

function noteDelivered({ taken, seconds, lag }: ReceiverReport): string {
  return (
    `"${CONNECTED}" is connected to a webhook: ${number(taken / Math.max(seconds, 0.001))} deliveries a second, ` +
    `from the event's own time until it came p50 ${number(lag.p50)} ms, p99 ${number(lag.p99)} ms`
  )
}

function mixOf({ people, seed }: BenchOptions, part: number): RequestPlan {
  return { kind: 'batches', size: BATCH, people, seed: seed + part }
}

/**
 * Flat: at the end hardly more than in the second fifth, but for what the server's caches, which have a bound, have
 * grown by.
 */
function checkFlat(memory: readonly MemorySeries[], seconds: number): Check[] {
  if (seconds < FLAT_SECONDS_MIN) return []
  const caches = memory.find(({ program }) => program === SERVER_CACHES)
  return memory
    .filter(({ program }) => GROWING.includes(program))
    .map((series) => {
      const filled = series.program === 'server' && caches !== undefined ? grown(caches) : 0
      const before = series.end - grown(series)
      return {
        name: `memory of ${series.program} is flat`,
        holds: grown(series) - filled <= before * FLAT_SHARE + FLAT_MIB,
        said: `${number(before)} MiB in the second fifth, ${number(series.end)} in the last${filled > 0 ? `, ${number(filled)} of it in caches` : ''}`,
      }
    })
}

/** From the second fifth to the last, in MiB. */
function grown({ mebibytes, end }: MemorySeries): number {
  const fifth = Math.floor(mebibytes.length / 5)
  const warm = mebibytes.slice(fifth, 2 * fifth)
  return end - warm.reduce((sum, value) => sum + value, 0) / Math.max(1, warm.length)
}

function totalOf(memory: readonly MemorySeries[], key: 'start' | 'end'): number {
  return memory
    .filter(({ program }) => GROWING.includes(program) || program === SHARED_BUFFERS)
    .reduce((sum, series) => sum + series[key], 0)
}

function tenths(readings: readonly (PipelineAnswer & { at: number })[]): number[] {
  const first = readings[0]
  const last = readings.at(-1)
  if (first === undefined || last === undefined || last.at === first.at) return []
  const length = (last.at - first.at) / 10
  const loadedAt = (at: number) => readings.findLast((reading) => reading.at <= at)?.loaded ?? first.loaded
  return Array.from({ length: 10 }, (_, index) => {
    const from = first.at + index * length
    return ((loadedAt(from + length + 0.001) - loadedAt(from)) / length) * 1_000
  })
}
