import type { Rejection } from '@affluent/protocol/codes'
import type { Population } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import type { LoggedCommand } from '../platform/processing/command.ts'

/** Kinds that commands had in the log of versions before. */
const EARLIER_KINDS: Readonly<Record<string, AudienceCommand['kind']>> = {
  start_sweep: 'start_backfill',
  sweep_landed: 'backfill_ready',
  sweep_live: 'publish_backfill',
  sweep_part: 'backfill_batch',
  tick: 'fire_timers',
}

/** A command as this version has it: the log may hold some that a version before has written and not processed. */
export function currentAudienceCommand(command: LoggedCommand): LoggedCommand {
  const kind = EARLIER_KINDS[command.kind]
  if (kind === undefined) return command
  const { sweep, ...rest } = command as LoggedCommand & { readonly sweep?: number }
  return sweep === undefined ? { ...rest, kind } : { ...rest, kind, ...{ backfill: sweep } }
}

/** Commands about audiences, their history, and the time that passes for their members. */
export type AudienceCommand =
  | PutAudience
  | DeleteAudience
  | StartBackfill
  | BackfillReady
  | PublishBackfill
  | BackfillBatchCommand
  | ColdAnswers
  | FireTimers

/** Makes an audience or gives it another definition. */
export interface PutAudience extends LoggedCommand {
  readonly kind: 'put_audience'
  /** whether it must not be there yet, or must; undefined in commands from before this was asked: either */
  readonly mode?: 'make' | 'change'
  readonly key: string
  readonly name: string
  /** as it was sent, checked */
  readonly condition: Json
  readonly population: Population
}

export interface DeleteAudience extends LoggedCommand {
  readonly kind: 'delete_audience'
  readonly key: string
}

/** Begins to prepare all audiences that are not live. */
export interface StartBackfill extends LoggedCommand {
  readonly kind: 'start_backfill'
}

interface OfBackfill extends LoggedCommand {
  /** position of the command that began it */
  readonly backfill: number
}

/** What ClickHouse computed lies ready: fragments take it from here on. */
export interface BackfillReady extends OfBackfill {
  readonly kind: 'backfill_ready'
  /** versions that ClickHouse cannot compute, with the reason: the backfill goes on without them */
  readonly failed?: readonly FailedVersion[]
}

interface FailedVersion extends Rejection {
  readonly version: number
}

/** The versions of a backfill are complete. */
export interface PublishBackfill extends OfBackfill {
  readonly kind: 'publish_backfill'
}

/** Asks the people of some fragments; of a stretch of fragments it is the last word of the backfill. */
export interface BackfillBatchCommand extends OfBackfill {
  readonly kind: 'backfill_batch'
  /** these fragments; undefined: those of the stretch that have history, or all of them when everyone is asked */
  readonly fragments?: readonly number[]
  /** fragments from, to (excluded), that are done with it; undefined: none */
  readonly stretch?: readonly [from: number, to: number]
}

/** What ClickHouse says of a leaf for people of whom it is cold. */
export interface ColdAnswers extends LoggedCommand {
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
export interface FireTimers extends LoggedCommand {
  readonly kind: 'fire_timers'
}
