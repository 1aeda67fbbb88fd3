import { unreachable } from '@affluent/protocol/unreachable'

export const LEDGER_KINDS = ['created', 'linked', 'merged', 'refused', 'unlinked', 'unmerged'] as const

export type LedgerKind = (typeof LEDGER_KINDS)[number]

/** Who decided: a team member, or a program by its API key; with the name of that time. */
export interface Author {
  readonly kind: 'member' | 'key'
  readonly name: string
}

/** One identity decision, as it is kept: by keys only, so that no personal value stands in the ledger. */
export interface LedgerEntry {
  /** dense number, in the order of the decisions */
  readonly id: number
  readonly kind: LedgerKind
  /** the fragment of the event; one side of a reviewer's decision */
  readonly fragment: number
  /** the other side of a merge or of a reviewer's decision; 0 where there is none */
  readonly other: number
  /** keys of the identifiers that the decision is about */
  readonly identifiers: readonly number[]
  /**
   * why: `new_identifier`, `shared_identifier`, `same_value`, `forced`, `reviewer`, `limit:<namespace>`,
   * `contact_only`, `shared_device`, `cannot_link`, `identifiers_max`, `fragments_max`
   */
  readonly rule: string
  /** position of the event, or of the reviewer's decision, in the log */
  readonly position: number
  /** event time or time of the decision, milliseconds since the epoch */
  readonly time: number
  /** of a reviewer's decision */
  readonly author?: Author | undefined
}

/**
 * The sentence that tells a person why.
 * @param kind of the decision
 * @param rule that made it
 */
export function explainDecision(kind: LedgerKind, rule: string): string {
  switch (kind) {
    case 'created':
      return 'No profile had this identifier, so a new one was made.'
    case 'linked':
      return 'The identifier was new and came in one event with an identifier of this profile.'
    case 'merged':
      return explainMerge(rule)
    case 'refused':
      return explainError(rule)
    case 'unlinked':
      return rule === 'same_value'
        ? 'It is the same value as an identifier of another profile, written otherwise, and that profile had it first.'
        : 'The identifier was taken away from this profile.'
    case 'unmerged':
      return 'A reviewer parted the two; they stay apart until a reviewer links them.'
    default:
      return unreachable(kind)
  }
}

function explainMerge(rule: string): string {
  switch (rule) {
    case 'same_value':
      return 'Both had one identifier, written otherwise, and one of them had nothing else.'
    case 'forced':
      return 'An alias call said that both are one person.'
    case 'reviewer':
      return 'A reviewer said that both are one person.'
    default:
      return 'One event carried identifiers of two profiles, and no rule forbids that they are one person.'
  }
}

function explainError(rule: string): string {
  const [name, namespace] = rule.split(':')
  switch (name) {
    case 'limit':
      return `Linking it would give the profile more values of "${namespace}" than the rules allow.`
    case 'contact_only':
      return 'A value of this kind may be shared, so it never joins two profiles by itself.'
    case 'shared_device':
      return 'A browser or device never joins two known people.'
    case 'cannot_link':
      return 'It belongs to a profile that a reviewer parted from this one.'
    case 'reviewer':
      return 'A reviewer said that the two are not one person.'
    case 'identifiers_max':
      return 'The profile already has as many identifiers as one profile may have.'
    case 'fragments_max':
      return 'The profile already has as many fragments as one profile may have.'
    default:
      return `The rule "${rule}" forbids it.`
  }
}
