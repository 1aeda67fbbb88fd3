import { titleProfile } from '@affluent/core/profile/profile-title'
import type { RegroupingAnswer } from '@affluent/protocol/endpoints/identity'
import type { Identifier, Json } from '@affluent/protocol/event'
import { strongestFirst } from '../live/strongest.ts'

/** One of the profiles that an undone merge leaves. */
export interface UndoSide {
  readonly id: string
  readonly title: string
  readonly kind: 'visitor' | 'known'
  /** It keeps the id, and so the address, that the profile has now. */
  readonly keepsAddress: boolean
  /** Strongest first. */
  readonly identifiers: readonly Identifier[]
  readonly events: number
  readonly fragments: number
  /** Traits whose value is another than now; undefined: there is none. */
  readonly traits: ReadonlyArray<{ readonly name: string; readonly before: unknown; readonly after: unknown }>
  /** Keys of audiences. */
  readonly entered: readonly string[]
  readonly exited: readonly string[]
  /** Merges that came later and stay on this side. */
  readonly laterMerges: readonly string[]
}

export interface UndoStory {
  /** The side that keeps the address first. */
  readonly sides: readonly UndoSide[]
  /** Merges that are cut beside the one that was asked for. */
  readonly alsoCut: readonly string[]
  /** Carried by events of both sides, and joining them no more. */
  readonly blocked: readonly Identifier[]
  /** The same, but still able to join them. */
  readonly open: readonly Identifier[]
}

/**
 * What undoing a merge does, side by side.
 * @param ledgerId the merge that was asked for
 * @param now the profile before: its id and traits
 */
export function undoStory(
  { changes }: RegroupingAnswer,
  ledgerId: string,
  now: { readonly id: string; readonly traits: Readonly<Record<string, unknown>> },
): UndoStory {
  const sides = changes.after.map((side): UndoSide => {
    const identifiers = strongestFirst(side.identifiers)
    const moves = changes.audiences.filter(({ profile }) => profile === side.id)
    return {
      id: side.id,
      title: titleProfile((name) => side.traits[name] as Json | undefined, identifiers) || side.id,
      kind: side.kind,
      keepsAddress: side.id === now.id,
      identifiers,
      events: side.events,
      fragments: side.fragments,
      traits: side.changedTraits
        .map((name) => ({ name, before: now.traits[name], after: side.traits[name] }))
        // of two that are linked it may be the other one's value that is another
        .filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after))
        .toSorted((a, b) => a.name.localeCompare(b.name)),
      entered: moves.filter(({ entered }) => entered).map(({ audience }) => audience),
      exited: moves.filter(({ entered }) => !entered).map(({ audience }) => audience),
      laterMerges: side.laterMerges,
    }
  })
  const evidence = (isBlocked: boolean) =>
    changes.evidence.filter(({ blocked }) => blocked === isBlocked).map(({ identifier }) => identifier)
  return {
    sides: sides.toSorted((a, b) => Number(b.keepsAddress) - Number(a.keepsAddress)),
    alsoCut: changes.cutMerges.filter((id) => id !== ledgerId),
    blocked: evidence(true),
    open: evidence(false),
  }
}
