import { foldText } from '@affluent/core/condition/fold-text'
import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'

const PREPARING_MS = 2_000
const CALM_MS = 30_000

/** All audiences; asked for often while one of them is being prepared. */
export function useAudiences() {
  const first = useGet(api('GET /v1/audiences'), { freshMs: 1_000 })
  const isPreparing = first.data?.audiences.some(({ status }) => status === 'preparing') ?? false
  return useGet(api('GET /v1/audiences'), {
    everyMs: isPreparing ? PREPARING_MS : CALM_MS,
  })
}

/** One audience; asked for often while it is being prepared. */
export function useAudience(key: string) {
  const request = api('GET /v1/audiences/{key}', { params: { key } })
  const first = useGet(request, { freshMs: 1_000 })
  const isPreparing = first.data?.status === 'preparing'
  return useGet(request, { everyMs: isPreparing ? PREPARING_MS : CALM_MS })
}

/**
 * Says whether another audience is called so, whatever its case and accents. @param own the audience that is edited,
 * which may keep its name
 */
export function useIsNameTaken(own: AudienceAnswer | undefined): (name: string) => boolean {
  const { data } = useGet(api('GET /v1/audiences'), { freshMs: 30_000 })
  const taken = new Set(
    data?.audiences.filter(({ key }) => key !== own?.key).map(({ name }) => foldText(name.trim())),
  )
  return (name) => name.trim() !== own?.name && taken.has(foldText(name.trim()))
}
