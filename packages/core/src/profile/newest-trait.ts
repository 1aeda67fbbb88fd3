import type { Fragment, TraitValue } from './fragment.ts'

/** The newest word of a person's fragments on a trait, with its time; null is a deletion. */
export function newestTrait(members: readonly Fragment[], name: string): TraitValue | undefined {
  let newest: TraitValue | undefined
  for (const { state } of members) {
    const value = Object.hasOwn(state.t, name) ? state.t[name] : undefined
    if (value === undefined) continue
    const isNewer =
      newest === undefined || value[1] > newest[1] || (value[1] === newest[1] && value[2] > newest[2])
    if (isNewer) newest = value
  }
  return newest
}
