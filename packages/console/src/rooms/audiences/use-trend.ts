import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'

const DAYS = 30
const FRESH_MS = 60_000

/** The last 30 days of an audience. @param enabled false: does not ask yet */
export function useTrend(key: string, enabled: boolean) {
  const request = api('GET /v1/audiences/{key}/trend', { params: { key }, query: { days: DAYS } })
  return useGet(request, { enabled, freshMs: FRESH_MS })
}
