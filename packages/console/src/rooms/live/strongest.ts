import { DEFAULT_IDENTITY_RULES, ruleOf } from '@affluent/core/identity/namespaces'

interface Named {
  readonly namespace: string
  readonly value: string
}

/** Identifiers from the strongest to the weakest, by the rules of a new workspace. */
export function strongestFirst<Identifier extends Named>(
  identifiers: readonly Identifier[],
): readonly Identifier[] {
  const rank = ({ namespace }: Named) => ruleOf(DEFAULT_IDENTITY_RULES, namespace).priority
  return identifiers.toSorted((a, b) => rank(a) - rank(b))
}
