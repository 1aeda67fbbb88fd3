import type { AudiencePart, MembershipChange } from '@affluent/core/audience/membership-evaluator'
import type { Counters, IdentityGraph } from '@affluent/core/identity/identity-graph'
import type { KeyedIdentifier } from '@affluent/core/identity/keyed-identifier'
import type { IdentityRules } from '@affluent/core/identity/namespaces'
import type { Regrouping } from '@affluent/core/identity/regrouping'
import type { Rejection } from '@affluent/protocol/codes'
import type { Reader } from '../database/connect.ts'
import type { Statement } from '../database/statement.ts'
import type { DeliveryPart } from './batch-decision.ts'
import type { CommandRun, LoggedCommand } from './command.ts'

/**
 * What a graph is asked to hold: identifiers, and every fragment of the profiles that these and some fragments lead to.
 */
export interface GraphPart {
  readonly identifiers: readonly KeyedIdentifier[]
  readonly fragments?: readonly number[]
}

/** Puts the part of the identity graph into memory that a decision may read. */
export interface GraphSource {
  load(part: GraphPart, rules: IdentityRules, counters: Counters): Promise<IdentityGraph>
}

/** What every command is decided from: all that came before it is saved. A capability adds its settings. */
export interface CommandInput {
  readonly run: CommandRun
  readonly workspace: number
  readonly database: Reader
  readonly graphs: GraphSource
  readonly rules: IdentityRules
  readonly counters: Counters
  /** the workspace's time before, milliseconds since the epoch */
  readonly clock: number
  /** number of the next delivery */
  readonly nextDelivery: number
}

/** What became of a command. */
export type CommandResult =
  | { readonly kind: 'done' }
  | {
      readonly kind: 'regrouped'
      readonly regrouping: Regrouping
      readonly memberships: readonly MembershipChange[]
    }
  /** it changed nothing */
  | { readonly kind: 'void'; readonly reason: Rejection }

/** What a capability decides about a command of its own. What is left out stays as it was. */
export interface CommandOutcome {
  /** left out: done */
  readonly result?: CommandResult
  /** rows of the capability's own tables */
  readonly statements?: readonly Statement[]
  /** whether a snapshot of settings is another one from now on */
  readonly changesSettings?: boolean
  /** the identity rules in force from now on */
  readonly rules?: IdentityRules
  /** the people whose state is another one */
  readonly graph?: IdentityGraph
  /** people were joined or parted: everything is asked about them again */
  readonly isRegrouped?: boolean
  /** everyone is to be asked about every audience again, in the background */
  readonly evaluatesEveryone?: boolean
  readonly audiences?: AudiencePart
  /** the workspace's time after it, milliseconds since the epoch; left out: when it was submitted, if that is later */
  readonly clock?: number
  /** whether memberships are told to connections: time passed for these people, as if by an event */
  readonly isLive?: boolean
  readonly delivery?: DeliveryPart
  /** how far the backfill under way has come: the fragment before which all are done */
  readonly backfilledTo?: number
}

/** How a capability decides its commands, by kind. */
export type CommandTable<Command extends LoggedCommand, Input extends CommandInput> = {
  readonly [Kind in Command['kind']]: (
    input: Input,
    command: Extract<Command, { readonly kind: Kind }>,
  ) => CommandOutcome | Promise<CommandOutcome>
}

/** A command that changes nothing, with the reason. */
export function rejected(reason: Rejection): CommandOutcome {
  return { result: { kind: 'void', reason } }
}

/** A command that came twice, or too late: it changes nothing, and that is right. */
export const NO_OUTCOME: CommandOutcome = {}

/** A command that stands in the log. */
export interface SubmittedCommand {
  readonly position: number
  /** what became of it, once it is processed; undefined when another process carried it out */
  result(): Promise<CommandResult | undefined>
}
