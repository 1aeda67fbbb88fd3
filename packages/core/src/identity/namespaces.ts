/** What a namespace names: a person, a way to write to one, a device, or a browser's cookie. */
export type NamespaceClass = 'person' | 'contact' | 'device' | 'cookie'

/** How the identifiers of one namespace link profiles. */
export interface NamespaceRule {
  /** 1 is the strongest; ties go by name */
  readonly priority: number
  readonly class: NamespaceClass
  /** values of this namespace in one profile, at most, within `windowDays` of being seen (null: ever) */
  readonly limit: number
  readonly windowDays: number | null
  /** false: links to the profile that has it, but never joins two profiles */
  readonly merges: boolean
}

/** The identity rules of a workspace. */
export interface IdentityRules {
  readonly namespaces: Readonly<Record<string, NamespaceRule>>
  /** the rule of every namespace that is not listed: a CRM, a loyalty card, a helpdesk */
  readonly otherwise: NamespaceRule
  /**
   * of the workspace, ISO 3166: completes telephone numbers that are written without one; null: they stay as they are
   * written
   */
  readonly country: string | null
  readonly identifiersMax: number
  readonly fragmentsMax: number
}

const device: NamespaceRule = { priority: 50, class: 'device', limit: 5, windowDays: 365, merges: true }

/** The rules of a new workspace; figures from the reference on identity, section 3. */
export const DEFAULT_IDENTITY_RULES: IdentityRules = {
  namespaces: {
    user_id: { priority: 10, class: 'person', limit: 1, windowDays: null, merges: true },
    email: { priority: 30, class: 'contact', limit: 5, windowDays: 365, merges: true },
    phone: { priority: 40, class: 'contact', limit: 3, windowDays: 365, merges: false },
    'android.idfa': device,
    'ios.idfa': device,
    'android.id': device,
    'ios.id': device,
    advertising_id: device,
    device_id: { ...device, priority: 55 },
    anonymous_id: { priority: 60, class: 'cookie', limit: 5, windowDays: 7, merges: true },
    ga_client_id: { priority: 70, class: 'cookie', limit: 5, windowDays: 30, merges: true },
  },
  otherwise: { priority: 20, class: 'person', limit: 20, windowDays: null, merges: true },
  country: null,
  identifiersMax: 500,
  fragmentsMax: 500,
}

/**
 * The rule of a namespace.
 * @param rules of the workspace
 * @param namespace any name; unlisted ones share one rule
 */
export function ruleOf(rules: IdentityRules, namespace: string): NamespaceRule {
  return Object.hasOwn(rules.namespaces, namespace)
    ? (rules.namespaces[namespace] as NamespaceRule)
    : rules.otherwise
}

/** Whether a namespace names a browser or a device and not a person: such identifiers never join two known profiles. */
export function isWeak(rule: NamespaceRule): boolean {
  return rule.class === 'device' || rule.class === 'cookie'
}
