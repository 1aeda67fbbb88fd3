import { foldText } from '@affluent/core/condition/fold-text'
import type { AudienceAnswer } from '@affluent/protocol/api'
import { useGet } from '../../api/use-get.ts'

const PREPARING_MS = 2_000
const CALM_MS = 30_000

/** All audiences; asked for often while one of them is being prepared. */
export function useAudiences() {
  const first = useGet<{ audiences: AudienceAnswer[] }>('/v1/audiences', { freshMs: 1_000 })
  const isPreparing = first.data?.audiences.some(({ status }) => status === 'preparing') ?? false
  return useGet<{ audiences: AudienceAnswer[] }>('/v1/audiences', {
    everyMs: isPreparing ? PREPARING_MS : CALM_MS,
  })
}

/** One audience; asked for often while it is being prepared. */
export function useAudience(key: string) {
  const path = `/v1/audiences/${encodeURIComponent(key)}`
  const first = useGet<AudienceAnswer>(path, { freshMs: 1_000 })
  const isPreparing = first.data?.status === 'preparing'
  return useGet<AudienceAnswer>(path, { everyMs: isPreparing ? PREPARING_MS : CALM_MS })
}

/** Says whether another audience is called so, whatever its case and accents. @param own the audience that is edited, which may keep its name */
export function useIsNameTaken(own: AudienceAnswer | undefined): (name: string) => boolean {
  const { data } = useGet<{ audiences: AudienceAnswer[] }>('/v1/audiences', { freshMs: 30_000 })
  const taken = new Set(
    data?.audiences.filter(({ key }) => key !== own?.key).map(({ name }) => foldText(name.trim())),
  )
  return (name) => name.trim() !== own?.name && taken.has(foldText(name.trim()))
}
