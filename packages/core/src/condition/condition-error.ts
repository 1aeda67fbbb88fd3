import type { ErrorCode } from '@affluent/protocol/codes'

/** Why, by a name that a console has words for, with what these words need. */
export interface FaultDetails {
  readonly [parameter: string]: string | number
  readonly reason: FaultReason
}

/** Faults of a condition that have words of their own; the others are told by their code and place. */
export const FAULT_REASONS = [
  'window_too_long',
  'window_unreadable',
  'window_turned',
  'too_many_event_leaves',
  'too_many_tests',
  'condition_too_long',
  'too_many_series',
  'too_many_series_of_event',
  'audience_circle',
  'audience_missing',
] as const
export type FaultReason = (typeof FAULT_REASONS)[number]

/** A condition that cannot be understood: what is wrong, how to fix it, and where. */
export class ConditionError extends Error {
  override readonly name = 'ConditionError'
  /** such as `condition.all[1].where[0].op` */
  readonly path: string
  readonly code: ErrorCode
  /** what the message says, for programs */
  readonly details: FaultDetails | undefined

  constructor(path: string, message: string, code: ErrorCode = 'invalid_condition', details?: FaultDetails) {
    super(message)
    this.path = path
    this.code = code
    this.details = details
  }
}
