import type { ConditionWarning } from '@affluent/protocol/api'
import type { Population } from '@affluent/protocol/condition'
import type { JsonObject } from '@affluent/protocol/event'
import { useDebouncedValue } from '@mantine/hooks'
import type { ApiError } from '../../api/api-error.ts'
import { useAsk } from '../../api/use-ask.ts'
import type { MemberIdentifier } from './member-title.ts'

/** What `POST /v1/audiences/preview` answers. */
export interface PreviewAnswer {
  readonly size: number
  readonly population: Population
  readonly asOf: string
  readonly sample: ReadonlyArray<{
    readonly profileId: string
    /** '' when nothing is known */
    readonly title: string
    readonly identifiers: readonly MemberIdentifier[]
  }>
  /** what the condition names that has never been seen */
  readonly warnings: readonly ConditionWarning[]
  /** what all audiences would cost with this one */
  readonly load: {
    readonly series: number
    readonly seriesMax: number
    readonly ofOneEvent: number
    readonly ofOneEventMax: number
    readonly event: string | null
  }
}

/** The live count of a condition. */
export interface Preview {
  /** undefined: nothing has been counted yet */
  readonly answer: PreviewAnswer | undefined
  /** the answer is that of a condition before */
  readonly isOld: boolean
  readonly isAsking: boolean
  readonly error: ApiError | null
}

/** Where a condition is tried. */
export const PREVIEW_PATH = '/v1/audiences/preview'
const PAUSE_MS = 400

/** Counts a condition a moment after it was last changed; null: there is none yet. */
export function usePreview(condition: JsonObject | null, population: Population): Preview {
  const text = condition === null ? '' : JSON.stringify({ condition, population })
  const [settled] = useDebouncedValue(text, PAUSE_MS)
  const body = settled === '' ? undefined : (JSON.parse(settled) as unknown)
  const { data, error, isPlaceholderData, isFetching } = useAsk<PreviewAnswer>(PREVIEW_PATH, body)
  const isWaiting = settled !== text
  if (text === '') return { answer: undefined, isOld: false, isAsking: false, error: null }
  return {
    answer: data,
    isOld: isPlaceholderData || isWaiting || error !== null,
    isAsking: isFetching || isWaiting,
    error: isWaiting ? null : error,
  }
}
