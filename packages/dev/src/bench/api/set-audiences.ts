import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import type { BenchContext } from '../bench-context.ts'
import type { AudienceDefinition } from '../mix/audiences.ts'
import { number } from '../report/print-report.ts'
import { awaitLive } from './await-live.ts'

const SAY_MS = 10_000

/**
 * Leaves a server with these audiences and no others, all of them live.
 * @returns how long it took, in milliseconds
 * @throws Error when one cannot be prepared
 */
export async function setAudiences(
  { server, say }: Pick<BenchContext, 'server' | 'say'>,
  wanted: readonly AudienceDefinition[],
): Promise<number> {
  const { api } = server
  const began = performance.now()
  const keys = new Set(wanted.map(({ key }) => key))
  const { audiences } = await api.get<{ audiences: AudienceAnswer[] }>('/v1/audiences')
  const there = new Set(audiences.map(({ key }) => key))
  const surplus = audiences.filter(({ key }) => !keys.has(key))
  const missing = wanted.filter(({ key }) => !there.has(key))
  if (surplus.length > 0) say(`  taking ${number(surplus.length)} audiences away`)
  for (const { key } of surplus) await api.delete(`/v1/audiences/${key}`)
  if (missing.length > 0) say(`  making ${number(missing.length)} audiences`)
  for (const definition of missing) await api.post('/v1/audiences', definition)
  if (missing.length > 0) say('  waiting until they are live')
  let lastSaid = performance.now()
  for (const [index, { key }] of missing.entries())
    await awaitLive(api, key, ({ progress }) => {
      if (performance.now() - lastSaid < SAY_MS) return
      lastSaid = performance.now()
      say(
        `  ${number(index)} of ${number(missing.length)} audiences are live, "${key}" is at ${number(100 * progress)} %`,
      )
    })
  return performance.now() - began
}
