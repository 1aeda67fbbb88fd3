import { type Author, explainDecision, type LedgerKind } from '@affluent/core/identity/ledger'
import { formatProfileId, type ProfileIdKey } from '@affluent/core/profile/profile-id'
import type { DecisionCause, LedgerAnswerEntry } from '@affluent/protocol/api'
import { DECISION_CAUSES_MAX, FEED_LOG_BYTES_MAX } from '@affluent/protocol/limits'
import { findInLog } from '../log/look-at-log.ts'
import type { FeedEvent, FeedStores } from './feed-event.ts'
import { NO_ENTRIES } from './load-entry-view.ts'
import { describeLogged } from './logged-event.ts'
import { findProfilesOf } from './people-view.ts'
import { viewIdentifiers } from './profile-view.ts'
import { readStoredEvents } from './stored-feed.ts'

/** Where decisions are read, and in whose words. */
export interface LedgerReader extends FeedStores {
  readonly workspace: { readonly id: number; readonly profileIdKey: ProfileIdKey }
  /** of the workspace, for telephone numbers; null: none */
  readonly country: string | null
  readonly nameOfSource: (source: number) => string
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
    text: `select ${LEDGER_COLUMNS} from ledger
           where workspace_id = $1 and (fragment = any($2) or (other = any($2) and other <> 0)) order by id`,
    values: [reader.workspace.id, fragments],
  })
  const causes = await viewCauses(
    reader,
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

/**
 * What events were that brought decisions about, by position: the newest of them.
 * @param positions of events
 */
export async function viewCauses(
  { database, reads, workspace, country, nameOfSource }: LedgerReader,
  positions: readonly number[],
): Promise<Map<number, DecisionCause>> {
  const newest = [...new Set(positions)].sort((a, b) => b - a).slice(0, DECISION_CAUSES_MAX)
  if (newest.length === 0) return new Map()
  const logged = await findInLog(database, workspace.id, newest, FEED_LOG_BYTES_MAX)
  const older = newest.flatMap((position) => (logged.has(position) ? [] : { position }))
  const events: FeedEvent[] = [
    ...[...logged.values()].map((event) =>
      describeLogged(
        workspace.id,
        event,
        { walked: Number.MAX_SAFE_INTEGER },
        NO_ENTRIES.marks,
        new Map(),
        country,
      ),
    ),
    ...(await readStoredEvents(reads, workspace.id, older, country)),
  ]
  return new Map(
    events.flatMap(({ place, type, name, source, time, identifiers }) => {
      if (type === undefined) return []
      const at = new Date(time).toISOString()
      return [
        [place.position, { type, name, source: nameOfSource(source), at, identifiers: [...identifiers] }],
      ]
    }),
  )
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
