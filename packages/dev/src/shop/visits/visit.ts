/** Why somebody, or something, turns up. */
export type VisitKind =
  | 'browse'
  | 'sign_up'
  | 'subscribe'
  | 'till'
  | 'customer_record'
  | 'twin_record'
  | 'record_change'
  | 'newsletter'
  | 'leave'
  | 'question'
  | 'robot'
  | 'fault'

/** One coming of one person: from it follows what they do. */
export interface Visit {
  /** milliseconds since the epoch */
  readonly at: number
  readonly day: number
  readonly kind: VisitKind
  /** number of the person; of a robot or a fault, its number of the day */
  readonly person: number
  readonly seed: number
}
