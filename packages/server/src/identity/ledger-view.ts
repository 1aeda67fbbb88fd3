import { type Author, explainDecision, type LedgerKind } from '@affluent/core/identity/ledger'
import { formatProfileId, type ProfileIdKey } from '@affluent/core/profile/profile-id'
import type { DecisionCause, LedgerAnswerEntry } from '@affluent/protocol/ledger-entry'
import type { WorkspaceReads } from '../platform/clickhouse/analytical-reads.ts'
import type { Database } from '../platform/database/connect.ts'
import { nameSources } from '../platform/http/api-context.ts'
import { findProfilesOf, viewIdentifiers } from './find-people.ts'
import type { IdentityApi } from './identity-api.ts'

/**
 * Reads what events were that brought decisions about, by position: the newest of them.
 * @param positions of events
 */
export type ReadCauses = (
  reads: WorkspaceReads,
  workspace: number,
  positions: readonly number[],
) => Promise<Map<number, DecisionCause>>

/** Where decisions are read, and in whose words. */
export interface LedgerReader {
  readonly database: Database
  readonly reads: WorkspaceReads
  readonly workspace: { readonly id: number; readonly profileIdKey: ProfileIdKey }
  readonly readCauses: ReadCauses
  readonly nameOfSource: (source: number) => string
}

/** What reads identity decisions of a workspace. */
export function ledgerReader(
  { database, registry, readCauses }: Pick<IdentityApi, 'database' | 'registry' | 'readCauses'>,
  workspace: LedgerReader['workspace'],
  reads: WorkspaceReads,
): LedgerReader {
  return { database, reads, workspace, readCauses, nameOfSource: nameSources(registry) }
}

interface LedgerRow {
  readonly id: number
  readonly kind: LedgerKind
  readonly fragment: number
  readonly other: number
  readonly identifiers: readonly number[]
  readonly rule: string
  readonly position: number
  readonly at: Date
  readonly authorKind: Author['kind'] | null
  readonly author: string | null
}

const STORED_COLUMNS = 'id, kind, fragment, other, identifiers, rule, position, at, author_kind, author'
const LEDGER_COLUMNS =
  'id, kind, fragment, other, identifiers, rule, position, at, author_kind as "authorKind", author'

/**
 * Every identity decision that made a profile, oldest first.
 * @param fragments all of the profile
 */
export async function viewLedger(
  reader: LedgerReader,
  fragments: readonly number[],
): Promise<LedgerAnswerEntry[]> {
  const { rows } = await reader.database.query<LedgerRow>({
    name: 'ledger_of_fragments',
    // each fragment looks for its own rows by both columns of an index: one condition with "or" reads the whole ledger
    text: `select ${LEDGER_COLUMNS} from (
             select l.* from unnest($2::bigint[]) as k (id)
             cross join lateral (
               select ${STORED_COLUMNS} from ledger where workspace_id = $1 and fragment = k.id offset 0) l
             union
             select l.* from unnest($2::bigint[]) as k (id)
             cross join lateral (
               select ${STORED_COLUMNS} from ledger where workspace_id = $1 and other = k.id and other <> 0 offset 0) l) own
           order by id`,
    values: [reader.workspace.id, fragments],
  })
  const causes = await reader.readCauses(
    reader.reads,
    reader.workspace.id,
    rows.flatMap(({ kind, position, author }) => (kind === 'merged' && author === null ? [position] : [])),
  )
  return describeLedger(reader, rows, causes, new Set(fragments))
}

/** The identity decisions that one event caused, oldest first. */
export async function viewLedgerAt(reader: LedgerReader, position: number): Promise<LedgerAnswerEntry[]> {
  const { rows } = await reader.database.query<LedgerRow>({
    name: 'ledger_at',
    text: `select ${LEDGER_COLUMNS} from ledger where workspace_id = $1 and position = $2 order by id`,
    values: [reader.workspace.id, position],
  })
  return describeLedger(reader, rows, new Map(), new Set())
}

/** @param own fragments of the profile whose ledger it is */
async function describeLedger(
  { database, workspace }: LedgerReader,
  rows: readonly LedgerRow[],
  causes: ReadonlyMap<number, DecisionCause>,
  own: ReadonlySet<number>,
): Promise<LedgerAnswerEntry[]> {
  const identifiers = await viewIdentifiers(
    database,
    workspace.id,
    rows.flatMap((row) => row.identifiers),
  )
  const strangers = rows.flatMap(({ fragment, other }) => (other === 0 ? [] : [fragment, other]))
  const profiles = await findProfilesOf(
    database,
    workspace.id,
    strangers.filter((id) => !own.has(id)),
  )
  const otherOf = ({ fragment, other }: LedgerRow): string | null => {
    if (own.size === 0 || other === 0 || own.has(fragment) === own.has(other)) return null
    const profile = profiles.get(own.has(fragment) ? other : fragment)
    return profile === undefined ? null : formatProfileId(profile, workspace.profileIdKey)
  }
  return rows.map((row) => ({
    id: `led_${row.id}`,
    at: row.at.toISOString(),
    kind: row.kind,
    identifiers: row.identifiers.flatMap((id) => identifiers.get(id) ?? []),
    reason: explainDecision(row.kind, row.rule),
    event: { position: row.position },
    rule: row.rule,
    author: authorIn(row),
    other: otherOf(row),
    cause: causes.get(row.position) ?? null,
  }))
}

/** Whose word a decision was; null: the rules decided. */
export function authorIn({ authorKind, author }: Pick<LedgerRow, 'authorKind' | 'author'>): Author | null {
  return authorKind === null || author === null ? null : { kind: authorKind, name: author }
}
