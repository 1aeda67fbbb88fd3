import type { Author } from '@affluent/core/identity/ledger'
import type { FastifyRequest } from 'fastify'
import type { Database } from '../database/connect.ts'
import { hashApiKey } from '../stores/registry.ts'

/** Who asks, as the ledger names them. */
export async function authorOf(
  { caller, headers }: Pick<FastifyRequest, 'caller' | 'headers'>,
  database: Database,
): Promise<Author> {
  if (caller.kind === 'member') return { kind: 'member', name: caller.session.member.name }
  const key = headers.authorization?.split(' ', 2)[1] ?? ''
  const { rows } = await database.query<{ name: string }>({
    name: 'name_of_api_key',
    text: 'select name from api_key where hash = $1',
    values: [hashApiKey(key)],
  })
  return { kind: 'key', name: rows[0]?.name ?? '' }
}
