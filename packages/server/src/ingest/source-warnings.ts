import type { ExtractedIdentifiers } from '@affluent/core/identity/extract-identifiers'
import type { Warning } from '@affluent/protocol/codes'
import type { Database } from '../platform/database/connect.ts'
import type { Statement } from '../platform/database/statement.ts'
import type { AcceptedEvent } from '../platform/processing/accepted-event.ts'

/** How often a warning was given, and what it said last. */
export interface CountedWarning {
  count: number
  message: string
}

/** The warnings of a batch, by source and code. */
export type WarningsBySource = ReadonlyMap<number, ReadonlyMap<string, CountedWarning>>

/** All warnings of a batch in one statement, always in the same order. */
export function describeWarnings(workspace: number, warnings: WarningsBySource): Statement[] {
  const rows = [...warnings]
    .flatMap(([source, counts]) => [...counts].map(([code, counted]) => ({ source, code, ...counted })))
    .sort((a, b) => a.source - b.source || (a.code < b.code ? -1 : 1))
  if (rows.length === 0) return []
  return [
    {
      kind: 'query',
      name: 'count_warnings',
      text: `insert into source_warning as w (workspace_id, source_id, code, count, last_message, last_at)
             select $1, source_id, code, count, message, now()
             from unnest($2::int[], $3::text[], $4::bigint[], $5::text[]) as n (source_id, code, count, message)
             on conflict (workspace_id, source_id, code) do update
             set count = w.count + excluded.count, last_message = excluded.last_message, last_at = excluded.last_at`,
      values: [
        workspace,
        rows.map(({ source }) => source),
        rows.map(({ code }) => code),
        rows.map(({ count }) => count),
        rows.map(({ message }) => message),
      ],
    },
  ]
}

/** Counts the warnings of a batch. */
export class WarningCounts {
  readonly bySource = new Map<number, Map<string, CountedWarning>>()

  take(
    event: AcceptedEvent,
    extracted: ExtractedIdentifiers,
    refused: readonly { readonly rule: string }[],
    unapplied: readonly string[],
  ): void {
    for (const warning of event.checked.warnings) this.#add(event.source, warning)
    for (const path of extracted.unlinked) {
      // some the collector has told of already
      if (event.checked.warnings.some((warning) => warning.code === 'suspicious_id' && warning.path === path))
        continue
      this.#add(event.source, {
        code: 'suspicious_id',
        message: `"${path}" is no usable identifier; it is kept but not linked.`,
      })
    }
    for (const { rule } of refused) {
      this.#add(event.source, {
        code: 'merge_limit',
        message: `An identifier is kept but not linked (rule ${rule}); the ledger says which.`,
      })
    }
    if (unapplied.length > 0) {
      this.#add(event.source, {
        code: 'trait_limit',
        message: 'A profile has as many traits as it may have; a new one was not taken.',
      })
    }
  }

  #add(source: number, warning: Warning): void {
    let counts = this.bySource.get(source)
    if (counts === undefined) this.bySource.set(source, (counts = new Map()))
    const known = counts.get(warning.code)
    if (known === undefined) counts.set(warning.code, { count: 1, message: warning.message })
    else {
      known.count++
      known.message = warning.message
    }
  }
}

/** What is odd about the events of each source, by source. */
export async function viewWarnings(
  database: Database,
  workspace: number,
): Promise<Map<number, { code: string; count: number; lastMessage: string; lastAt: string }[]>> {
  const { rows } = await database.query<{
    source: number
    code: string
    count: number
    message: string
    at: Date
  }>(
    `select source_id as source, code, count, last_message as message, last_at as at
     from source_warning where workspace_id = $1 order by source_id, code`,
    [workspace],
  )
  const bySource = new Map<number, { code: string; count: number; lastMessage: string; lastAt: string }[]>()
  for (const { source, code, count, message, at } of rows) {
    const list = bySource.get(source) ?? []
    list.push({ code, count, lastMessage: message, lastAt: at.toISOString() })
    bySource.set(source, list)
  }
  return bySource
}
