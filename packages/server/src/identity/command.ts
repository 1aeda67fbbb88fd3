import type { RulesChange } from '@affluent/core/identity/change-rules'
import type { Author } from '@affluent/core/identity/ledger'
import type { Identifier } from '@affluent/protocol/event'
import type { LoggedCommand } from '../platform/processing/command.ts'

/** Commands about who is one person. */
export type IdentityCommand = SetIdentityRules | Unmerge | SetCannotLink | ForceLink | RespellIdentifiers

/** A reviewer's word: the ledger says whose. */
interface ReviewersCommand extends LoggedCommand {
  readonly author: Author
}

export interface SetIdentityRules extends LoggedCommand {
  readonly kind: 'set_identity_rules'
  readonly change: RulesChange
}

/** Undoes one merge, by its number in the ledger, or all merges that an identifier caused in its profile. */
export type Unmerge = ReviewersCommand & { readonly kind: 'unmerge' } & (
    | { readonly ledger: number }
    | { readonly identifier: Identifier }
  )

/** Two identifiers are not one person. */
export interface SetCannotLink extends ReviewersCommand {
  readonly kind: 'set_cannot_link'
  readonly a: Identifier
  readonly b: Identifier
}

/** Two identifiers, or two profiles by a fragment of each, are one person. */
export type ForceLink = ReviewersCommand & { readonly kind: 'force_link' } & (
    | { readonly a: Identifier; readonly b: Identifier }
    | { readonly profiles: readonly [number, number] }
  )

/** Stored identifiers take the form that their values have now, part by part. */
export interface RespellIdentifiers extends LoggedCommand {
  readonly kind: 'respell_identifiers'
  /** the identifier up to which the pass had come: a part that comes twice is void */
  readonly after: number
}
