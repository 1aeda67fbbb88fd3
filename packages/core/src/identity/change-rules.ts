import { DEFAULT_IDENTITY_RULES, type IdentityRules, type NamespaceRule } from './namespaces.ts'

/** Rules that are others from now on; what is not named stays as it is, and null is the default again. */
export interface RulesChange {
  readonly namespaces?: Readonly<Record<string, NamespaceRule | null>> | undefined
  readonly otherwise?: NamespaceRule | null | undefined
}

/**
 * The rules after a change.
 * @param rules in force
 */
export function changeRules(rules: IdentityRules, change: RulesChange): IdentityRules {
  const namespaces = new Map(Object.entries(rules.namespaces))
  for (const [name, rule] of Object.entries(change.namespaces ?? {})) {
    const next = rule ?? defaultOf(name)
    if (next === undefined) namespaces.delete(name)
    else namespaces.set(name, next)
  }
  const { otherwise = rules.otherwise } = change
  return {
    ...rules,
    namespaces: Object.fromEntries(namespaces),
    otherwise: otherwise ?? DEFAULT_IDENTITY_RULES.otherwise,
  }
}

function defaultOf(namespace: string): NamespaceRule | undefined {
  const { namespaces } = DEFAULT_IDENTITY_RULES
  return Object.hasOwn(namespaces, namespace) ? namespaces[namespace] : undefined
}
