import type { ConnectionFrom } from '@affluent/core/delivery/connection'
import type { RulesChange } from '@affluent/core/identity/change-rules'
import type { Author } from '@affluent/core/identity/ledger'
import type { Refusal } from '@affluent/protocol/codes'
import type { Population } from '@affluent/protocol/condition'
import type { Mapping } from '@affluent/protocol/delivery-api'
import type { Identifier, Json } from '@affluent/protocol/event'

/** A change of state that is no event: it stands in the log between events and takes effect at its position. */
export type Command =
  | SetIdentityRules
  | Unmerge
  | SetCannotLink
  | ForceLink
  | PutAudience
  | DeleteAudience
  | StartSweep
  | SweepLanded
  | SweepLive
  | SweepPart
  | ColdAnswers
  | Tick
  | PutConnection
  | ChangeConnection
  | DeleteConnection
  | SendMembers
  | RereadSettings
  | ChangeWorkspace
  | RespellIdentifiers

interface GivenCommand {
  /** when it was given, milliseconds since the epoch: said in the log, so that a replay says the same */
  readonly at: number
}

/** A reviewer's word: the ledger says whose. */
interface ReviewersCommand extends GivenCommand {
  readonly author: Author
}

interface SetIdentityRules extends GivenCommand {
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

/** Makes an audience or gives it another definition. */
export interface PutAudience extends GivenCommand {
  readonly kind: 'put_audience'
  /** whether it must not be there yet, or must; undefined in commands from before this was asked: either */
  readonly mode?: 'make' | 'change'
  readonly key: string
  readonly name: string
  /** as it was sent, checked */
  readonly condition: Json
  readonly population: Population
}

export interface DeleteAudience extends GivenCommand {
  readonly kind: 'delete_audience'
  readonly key: string
}

/** Begins to prepare all audiences that are not live. */
export interface StartSweep extends GivenCommand {
  readonly kind: 'start_sweep'
}

interface OfSweep extends GivenCommand {
  /** position of the command that began it */
  readonly sweep: number
}

/** What ClickHouse computed lies ready: fragments take it from here on. */
export interface SweepLanded extends OfSweep {
  readonly kind: 'sweep_landed'
  /** versions that ClickHouse cannot compute, with the reason: the sweep goes on without them */
  readonly failed?: readonly FailedVersion[]
}

interface FailedVersion extends Refusal {
  readonly version: number
}

/** The versions of a sweep are complete. */
export interface SweepLive extends OfSweep {
  readonly kind: 'sweep_live'
}

/** Asks the people of some fragments; of a stretch of fragments it is the last word of the sweep. */
export interface SweepPart extends OfSweep {
  readonly kind: 'sweep_part'
  /** these fragments; undefined: those of the stretch that have history, or all of them when everyone is asked */
  readonly fragments?: readonly number[]
  /** fragments from, to (excluded), that are done with it; undefined: none */
  readonly stretch?: readonly [from: number, to: number]
}

/** What ClickHouse says of a leaf for people of whom it is cold. */
export interface ColdAnswers extends GivenCommand {
  readonly kind: 'cold_answers'
  /** canonical text of the leaf */
  readonly leaf: string
  /** of its series */
  readonly series: number
  /** as of when, milliseconds since the epoch */
  readonly asOf: number
  /** by any fragment of the profile */
  readonly answers: readonly (readonly [fragment: number, holds: 0 | 1])[]
}

/** Time has passed. */
export interface Tick extends GivenCommand {
  readonly kind: 'tick'
}

/** Makes a connection; its id is the position. */
export interface PutConnection extends GivenCommand {
  readonly kind: 'put_connection'
  readonly from: ConnectionFrom
  readonly destination: number
  readonly action: string
  /** as they were sent, checked */
  readonly filter: Json
  readonly mapping: Mapping | null
  /** absent in what was given before there was such a thing: none */
  readonly required?: readonly string[]
  readonly purpose: string
  readonly enabled: boolean
  readonly sendCurrentMembers: boolean
}

/** Undefined: as before. */
export interface ChangeConnection extends GivenCommand {
  readonly kind: 'change_connection'
  readonly connection: number
  readonly filter?: Json
  readonly mapping?: Mapping | null
  readonly required?: readonly string[]
  readonly enabled?: boolean
}

export interface DeleteConnection extends GivenCommand {
  readonly kind: 'delete_connection'
  readonly connection: number
}

/** Owes a new connection the word of some current members: those who are still members then. */
export interface SendMembers extends GivenCommand {
  readonly kind: 'send_members'
  readonly connection: number
  /** the profile up to which it had come: a part that comes twice is void */
  readonly after: number
  /** with since when, milliseconds since the epoch; in the order of profiles */
  readonly members: readonly (readonly [profile: number, since: number])[]
  readonly isLast: boolean
  /** members in all, as they were counted */
  readonly of: number
}

/** A destination is called otherwise from here on. */
export interface RereadSettings extends GivenCommand {
  readonly kind: 'reread_settings'
}

/** The workspace is called otherwise, or is at home elsewhere: holds for what follows. */
export interface ChangeWorkspace extends GivenCommand {
  readonly kind: 'change_workspace'
  readonly name: string
  /** IANA name */
  readonly zone: string
  /** ISO 4217; null: none */
  readonly currency: string | null
  /** ISO 3166; null: none */
  readonly country: string | null
}

/** Stored identifiers take the form that their values have now, part by part. */
export interface RespellIdentifiers extends GivenCommand {
  readonly kind: 'respell_identifiers'
  /** the identifier up to which the pass had come: a part that comes twice is void */
  readonly after: number
}

/** A command at its place in the log. */
export interface CommandRun {
  readonly first: number
  readonly command: Command
}
