import type { AttemptAnswer, AttemptError } from '@affluent/protocol/attempt'
import type { DeliveryAnswer, DeliveryStatus } from '@affluent/protocol/delivery'

/** One try, as short as it can be said. */
export interface StoryTry {
  /** counted from 1 */
  readonly number: number
  readonly at: string
  /** of the HTTP answer, or why there was none; null and null: it is not known */
  readonly status: number | null
  readonly error: AttemptError | null
  readonly ms: number
  readonly isGood: boolean
}

/** The life of a delivery in the order of time. */
export interface DeliveryStory {
  readonly tries: readonly StoryTry[]
  /** tries between the first and the last one that are not listed */
  readonly skipped: number
  readonly end: DeliveryStatus
  /** when it ended, or when it is tried again; null: neither is known */
  readonly at: string | null
}

const SHOWN = 3
// when it is tried again stands there too
const SHOWN_BEFORE_NEXT = 2

/**
 * What became of a delivery, short enough for one line: its tries, or the first and the last one, and how it stands.
 */
export function storyOf(
  delivery: Pick<DeliveryAnswer, 'status' | 'attempts' | 'endedAt' | 'nextAt'>,
): DeliveryStory {
  const { status, attempts, endedAt, nextAt } = delivery
  const tries = attempts.map(tryOf)
  const isWhole = tries.length <= (status === 'pending_retry' ? SHOWN_BEFORE_NEXT : SHOWN)
  return {
    tries: isWhole ? tries : [...tries.slice(0, 1), ...tries.slice(-1)],
    skipped: isWhole ? 0 : tries.length - 2,
    end: status,
    at: endedAt ?? nextAt,
  }
}

/** Why deliveries came to nothing, most frequent first. */
export interface ReasonGroup {
  readonly reason: string
  readonly count: number
  /** the latest one */
  readonly example: string
}

/** Groups deliveries by their reason; those without one are passed over. @param deliveries newest first */
export function groupReasons(
  deliveries: ReadonlyArray<Pick<DeliveryAnswer, 'id' | 'reason'>>,
): ReasonGroup[] {
  const groups = new Map<string, { count: number; example: string }>()
  for (const { id, reason } of deliveries) {
    if (reason === null) continue
    const known = groups.get(reason)
    if (known === undefined) groups.set(reason, { count: 1, example: id })
    else known.count++
  }
  return [...groups].map(([reason, group]) => ({ reason, ...group })).sort((a, b) => b.count - a.count)
}

function tryOf({ at, status, ms, error }: AttemptAnswer, index: number): StoryTry {
  return { number: index + 1, at, status, error: error?.code ?? null, ms, isGood: error === null }
}
