/** What may be replayed: only what has ended. */
export const REPLAY_STATUSES = ['failed', 'held', 'cancelled', 'delivered'] as const
export type ReplayStatus = (typeof REPLAY_STATUSES)[number]

export const REPLAY_PERIODS = ['hour', 'day', 'week', 'all', 'range'] as const
export type ReplayPeriod = (typeof REPLAY_PERIODS)[number]

/** Which deliveries are replayed, as a member says it. */
export interface ReplayChoice {
  readonly destination: string
  readonly connection: string | undefined
  readonly status: ReplayStatus
  readonly period: ReplayPeriod
  /** of a range: as `<input type="datetime-local">` gives them, in the zone of the browser; '' is open */
  readonly from: string
  readonly to: string
}

/** The filter of `POST /v1/deliveries/replay`. */
export interface ReplayFilter {
  readonly destination?: string
  readonly connection?: string
  readonly status: ReplayStatus
  readonly from?: string
  readonly to?: string
  readonly ids?: readonly string[]
}

const HOUR_MS = 3_600_000
const PERIOD_MS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS } as const

/**
 * The filter that a choice means.
 * @param now milliseconds since the epoch; a period goes back from there, so one look fixes it for the question and the
 * act alike
 */
export function replayFilter(choice: ReplayChoice, now: number): ReplayFilter {
  const { destination, connection, status, period, from, to } = choice
  const about = { destination, status, ...(connection === undefined ? {} : { connection }) }
  if (period === 'all') return about
  if (period !== 'range') return { ...about, from: new Date(now - PERIOD_MS[period]).toISOString() }
  return { ...about, ...instantOf('from', from), ...instantOf('to', to) }
}

function instantOf(name: 'from' | 'to', text: string): { from?: string; to?: string } {
  const at = text === '' ? Number.NaN : new Date(text).getTime()
  return Number.isNaN(at) ? {} : { [name]: new Date(at).toISOString() }
}
