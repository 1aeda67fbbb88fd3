import { type Author, explainDecision, type LedgerKind } from '@affluent/core/identity/ledger'
import { foldTraits } from '@affluent/core/profile/fold-profile'
import { type Fragment, identifiersOf } from '@affluent/core/profile/fragment'
import type { GraphAnswer } from '@affluent/protocol/graph-api'
import { authorIn, type LedgerReader, viewCauses } from './ledger-view.ts'
import { isoSpan, viewIdentifiers } from './profile-view.ts'

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
           join edge e on e.workspace_id = $1 and e.a = k.id
           join ledger l on l.workspace_id = $1 and l.id = e.ledger
           order by e.ledger`,
    values: [workspace, [...ids]],
  })
  // what belongs to somebody else now was carried too, and is not of this person
  const own = identifiersOf(members)
  const sightings = members.map(({ state }) => state.s.filter(([identifier]) => own.has(identifier)))
  const values = await viewIdentifiers(database, workspace, [
    ...sightings.flat().map(([identifier]) => identifier),
    ...merges.flatMap(({ identifiers }) => identifiers),
  ])
  const causes = await viewCauses(
    reader,
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
        events: state.n,
        ...isoSpan(state.f, state.l, asOf),
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
