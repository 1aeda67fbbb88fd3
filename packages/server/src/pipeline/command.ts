import type { IdentityRules } from '@affluent/core/identity/namespaces'

/** A change of state that is no event: it stands in the log between events and takes effect at its position. */
export interface Command {
  readonly kind: 'set_identity_rules'
  readonly rules: IdentityRules
}

/** A command at its place in the log. */
export interface CommandRun {
  readonly first: number
  readonly command: Command
}
