import { identifiersOf } from '@affluent/core/identity/identity-slice'
import { type Author, explainDecision, type LedgerKind } from '@affluent/core/identity/ledger'
import { foldTraits } from '@affluent/core/profile/fold-profile'
import type { Fragment } from '@affluent/core/profile/fragment'
import type { GraphAnswer } from '@affluent/protocol/endpoints/profiles'
import { viewIdentifiers } from './find-people.ts'
import { isoSpan } from './iso-span.ts'
import { authorIn, type LedgerReader } from './ledger-view.ts'

interface MergeRow {
  readonly ledger: number
  readonly kind: LedgerKind
  readonly a: number
  readonly b: number
  readonly identifiers: readonly number[]
  readonly rule: string
  readonly position: number
  readonly at: Date
  readonly authorKind: Author['kind'] | null
  readonly author: string | null
}

/**
 * A person as the tree that fragments and merges make.
 * @param members all fragments of the person
 * @param asOf milliseconds since the epoch
 */
export async function viewGraph(
  reader: LedgerReader,
  members: readonly Fragment[],
  asOf: number,
): Promise<GraphAnswer> {
  const { database, nameOfSource } = reader
  const workspace = reader.workspace.id
  const ids = new Set(members.map(({ id }) => id))
  const { rows: merges } = await database.query<MergeRow>({
    name: 'merges_of_fragments',
    text: `select e.ledger, l.kind, e.a, e.b, l.identifiers, l.rule, l.position, l.at, l.author_kind as "authorKind", l.author
           from unnest($2::bigint[]) as k (id)
           cross join lateral (select ledger, a, b from edge where workspace_id = $1 and a = k.id offset 0) e
           cross join lateral (
             select kind, identifiers, rule, position, at, author_kind, author from ledger where workspace_id = $1 and id = e.ledger offset 0) l
           order by e.ledger`,
    values: [workspace, [...ids]],
  })
  // what belongs to somebody else now was carried too, and is not of this person
  const own = identifiersOf(members)
  const sightings = members.map(({ state }) =>
    state.identity.sightings.filter(([identifier]) => own.has(identifier)),
  )
  const values = await viewIdentifiers(database, workspace, [
    ...sightings.flat().map(([identifier]) => identifier),
    ...merges.flatMap(({ identifiers }) => identifiers),
  ])
  const causes = await reader.readCauses(
    reader.reads,
    workspace,
    merges.flatMap(({ author, position }) => (author === null ? [position] : [])),
  )
  return {
    fragments: members
      .map(({ id, state }, index) => ({
        id: `frg_${id}`,
        identifiers: (sightings[index] ?? []).flatMap(([key, , , firstSeen, lastSeen, source]) => {
          const identifier = values.get(key)
          if (identifier === undefined) return []
          const seen = {
            ...isoSpan(firstSeen, lastSeen, asOf),
            source: nameOfSource(source),
          }
          return [{ ...identifier, ...seen }]
        }),
        traits: foldTraits([{ state }]).size,
        events: state.identity.events,
        ...isoSpan(state.identity.firstSeen, state.identity.lastSeen, asOf),
        order: id,
      }))
      .sort((a, b) => a.order - b.order)
      .map(({ order: _, ...fragment }) => fragment),
    merges: merges
      .filter(({ a, b }) => ids.has(a) && ids.has(b))
      .map(({ ledger, kind, a, b, identifiers, rule, position, at, ...said }) => ({
        ledgerId: `led_${ledger}`,
        a: `frg_${a}`,
        b: `frg_${b}`,
        identifiers: identifiers.flatMap((id) => values.get(id) ?? []),
        rule,
        reason: explainDecision(kind, rule),
        at: at.toISOString(),
        event: { position },
        author: authorIn(said),
        cause: causes.get(position) ?? null,
      })),
  }
}
