import type { ApiAnswer } from '@affluent/protocol/api-calls'

type Found = ApiAnswer<'GET /v1/profiles'>['profiles'][number]

/** What stands below the name of somebody who was found: what was found, where the name does not say it, and more. */
export function tellApart({ match: { namespace, value }, beside, title }: Found): string[] {
  const isTold =
    namespace === 'name' || namespace === 'profile_id' || value === title || beside.includes(value)
  return [...new Set(isTold ? beside : [`${namespace} · ${value}`, ...beside])]
}
