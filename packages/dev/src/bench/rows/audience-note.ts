import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import type { BenchContext } from '../bench-context.ts'
import { number } from '../report/print-report.ts'

const NAMED_MAX = 6

/** Which audiences were live in a row, and how large they are now. */
export async function audienceNote({ server }: Pick<BenchContext, 'server'>): Promise<string> {
  const { audiences } = await server.api.get<{ audiences: AudienceAnswer[] }>('/v1/audiences')
  if (audiences.length === 0) return 'no audiences'
  const named = audiences.slice(0, NAMED_MAX).map(({ key, size }) => `${key} ${number(size ?? 0)}`)
  const more = audiences.length - named.length
  return `members of ${audiences.length} audiences: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
