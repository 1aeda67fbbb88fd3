import { setTimeout as pause } from 'node:timers/promises'
import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import { awaitLive } from '../../api/await-live.ts'
import { type BenchContext, errorNotes, rootsOf, settle } from '../../bench-context.ts'
import { CpuLedger } from '../../machine/cpu-ledger.ts'
import { countOf } from '../../mix/audiences.ts'
import type { RowPart } from '../../report/figure.ts'
import { number } from '../../report/print-report.ts'
import { timeFigure } from '../../report/time-figure.ts'
import { besideStream } from '../beside-stream.ts'
import { walkRate } from '../walk-rate.ts'
import { exitLags, type SizeReading } from './exit-lags.ts'

const KEY = 'bench-timers'
const EVENT = 'Bench Timer'
const BATCH = 500
// event times: so many a second, about as fast as they are taken in
const RATE = 20_000
// a window so long that all events are in and settled before the first of them leaves it
const WINDOW_S = 30
const WALKED_PER_S = 2_000
const STREAM_RATE = 500
const STREAM_LEAD_MS = 5_000
const POLL_MS = 250
const ENTER_MS_MAX = 20_000
const SECONDS_MAX = 1_800
// the contract's word: at most so late
const LATE_MS_MAX = 60_000
const WAIT_MS_MAX = 300_000

/**
 * How late people leave an audience when nothing happens but time: many of them at about the same moment, while single
 * events come in.
 */
export async function measureExits(context: BenchContext): Promise<RowPart> {
  const { options, server, say } = context
  const asked = Math.min(options.timers, context.profiles.made)
  const people = Math.max(1, Math.floor(asked / BATCH)) * BATCH
  const windowS = WINDOW_S + Math.ceil(people / WALKED_PER_S)
  say(`  ${number(people)} people enter an audience of ${windowS} s`)
  await server.api.post('/v1/audiences', { key: KEY, condition: countOf(EVENT, 1, `${windowS}s`) })
  await awaitLive(server.api, KEY)
  const since = Date.now()
  const stepMs = (BATCH * 1_000) / RATE
  const entering = await walkRate(
    context,
    { kind: 'once', size: BATCH, to: people, event: EVENT, since, stepMs },
    SECONDS_MAX,
  )
  const entered = await waitForAll(context, people)
  const momentOf = (rank: number) => Math.floor(since + Math.floor(rank / BATCH) * stepMs) + windowS * 1_000
  const waitMs = momentOf(0) - STREAM_LEAD_MS - Date.now()
  say(`  the first of them leaves in ${number(Math.max(0, waitMs + STREAM_LEAD_MS) / 1_000)} s`)
  if (waitMs > 0) await pause(waitMs)
  const cpuLedger = new CpuLedger(rootsOf(context))
  const stream = { rate: STREAM_RATE, seed: options.seed + 10 }
  const { result: readings, report } = await besideStream(context, stream, () =>
    watchSize(context, momentOf(people - 1) + WAIT_MS_MAX),
  )
  const cpu = cpuLedger.report()
  const lags = exitLags(readings, people, momentOf)
  return {
    figures: [
      timeFigure(`exit by time of ${number(people)} people: lag, p50`, lags.p50),
      timeFigure('  longest', lags.max, { floor: LATE_MS_MAX }),
      timeFigure(`  single events meanwhile at ${number(STREAM_RATE)}/s, p99`, report.latency.p99),
    ],
    checks: [
      {
        name: 'all have entered, and all have left by themselves',
        holds: entered === people && lags.count === people,
        said: `${number(entered)} entered, ${number(lags.count)} left, of ${number(people)}`,
      },
      {
        name: 'nobody leaves before the time',
        holds: readings.every(({ at, size }) => size === people || at >= momentOf(people - size - 1)),
        said: `${number(readings.length)} readings`,
      },
      ...(await settle(context)),
    ],
    notes: [
      `exits: moments of ${number(people)} people within ${number((momentOf(people - 1) - momentOf(0)) / 1_000)} s, size read each ${POLL_MS} ms, as loaded; entering ran at ${number(entering.rate)} events a second`,
      `single events meanwhile: p50 ${number(report.latency.p50)} ms, longest ${number(report.latency.max)} ms`,
      ...errorNotes('entering', entering.report),
      ...errorNotes('exits', report),
    ],
    cpu: { exits: cpu },
    detail: { people, windowS, lags, readings, report },
  }
}

/** Events that were sent a little ahead of their time are in once it has come. */
async function waitForAll(context: BenchContext, people: number): Promise<number> {
  const end = Date.now() + ENTER_MS_MAX
  for (;;) {
    const { size } = await readSize(context)
    if (size === people || Date.now() > end) return size
    await pause(POLL_MS)
  }
}

/** Reads the size until nobody is left, or until `giveUpAt`. */
async function watchSize(context: BenchContext, giveUpAt: number): Promise<SizeReading[]> {
  const readings: SizeReading[] = []
  let lastSaid = Date.now()
  for (;;) {
    const began = performance.now()
    const reading = await readSize(context)
    readings.push(reading)
    if (reading.size === 0 || Date.now() > giveUpAt) return readings
    if (Date.now() - lastSaid > 10_000) {
      lastSaid = Date.now()
      context.say(`  ${number(reading.size)} people are still in`)
    }
    await pause(Math.max(0, POLL_MS - (performance.now() - began)))
  }
}

/** The moment is when the answer is here: what it shows was so before. */
async function readSize({ server }: BenchContext): Promise<SizeReading> {
  const { size } = await server.api.get<AudienceAnswer>(`/v1/audiences/${KEY}`)
  return { at: Date.now(), size: size ?? 0 }
}
