import type { ClientBase } from 'pg'

const OLDEST_VERSION = 150_000

/**
 * Reads the settings on which "acknowledged means kept" rests, of any PostgreSQL, embedded or a customer's.
 * @returns one sentence per fault, with its remedy; empty when sound
 */
export async function checkDurability(client: Pick<ClientBase, 'query'>): Promise<string[]> {
  const { rows } = await client.query<Record<'fsync' | 'commit' | 'pages' | 'version' | 'number', string>>(
    `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
      current_setting('full_page_writes') as pages, current_setting('server_version') as version,
      current_setting('server_version_num') as number`,
  )
  const found = rows[0]
  if (found === undefined)
    return ['PostgreSQL does not tell its settings: connect to it without a proxy that rewrites queries.']
  const faults: string[] = []
  if (Number(found.number) < OLDEST_VERSION) {
    faults.push(`PostgreSQL ${found.version} is too old: use version 15 or later.`)
  }
  if (found.fsync !== 'on') {
    faults.push(
      'fsync is off, so a power cut loses or damages data: set fsync = on in postgresql.conf and reload.',
    )
  }
  if (found.commit === 'off') {
    faults.push(
      'synchronous_commit is off, so a crash loses acknowledged events: set synchronous_commit = on for this role, database or server.',
    )
  }
  if (found.pages !== 'on') {
    faults.push(
      'full_page_writes is off, so a power cut can damage pages: set full_page_writes = on in postgresql.conf and reload.',
    )
  }
  return faults
}
