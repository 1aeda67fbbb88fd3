import type { TrendAnswer } from '@affluent/protocol/trend-api'
import { address } from '../../api/address.ts'
import { useGet } from '../../api/use-get.ts'

const DAYS = 30
const FRESH_MS = 60_000

/** The last 30 days of an audience. @param enabled false: does not ask yet */
export function useTrend(key: string, enabled: boolean) {
  const path = address(`/v1/audiences/${encodeURIComponent(key)}/trend`, { days: DAYS })
  return useGet<TrendAnswer>(path, { enabled, freshMs: FRESH_MS })
}
