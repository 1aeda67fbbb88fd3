import type { Population } from '@affluent/protocol/condition'
import type { PreviewAnswer } from '@affluent/protocol/endpoints/audiences'
import type { JsonObject } from '@affluent/protocol/event'
import { useDebouncedValue } from '@mantine/hooks'
import { useMemo } from 'react'
import type { ApiError } from '../../api/api-error.ts'
import { api } from '../../api/request.ts'
import { useAsk } from '../../api/use-ask.ts'

/** The live count of a condition. */
export interface Preview {
  /** undefined: nothing has been counted yet */
  readonly answer: PreviewAnswer | undefined
  /** the answer is that of a condition before */
  readonly isOld: boolean
  readonly isAsking: boolean
  readonly error: ApiError | null
}

const PAUSE_MS = 400

/** Counts a condition a moment after it was last changed; null: there is none yet. */
export function usePreview(condition: JsonObject | null, population: Population): Preview {
  const text = condition === null ? '' : JSON.stringify({ condition, population })
  const request = useMemo(
    () =>
      condition === null ? undefined : api('POST /v1/audiences/preview', { body: { condition, population } }),
    [text],
  )
  const [settled] = useDebouncedValue(request, PAUSE_MS)
  const { data, error, isPlaceholderData, isFetching } = useAsk(settled)
  const isWaiting = settled !== request
  if (request === undefined) return { answer: undefined, isOld: false, isAsking: false, error: null }
  return {
    answer: data,
    isOld: isPlaceholderData || isWaiting || error !== null,
    isAsking: isFetching || isWaiting,
    error: isWaiting ? null : error,
  }
}
