import { RESPELL_IDENTIFIERS_MAX } from '@affluent/protocol/limits'

/** A pass over stored identifiers that brings them to their form. */
export interface RespellingPass {
  /** of the identifiers that it goes over; null: all of them */
  readonly namespace: string | null
  /** number of the identifier up to which it has come */
  readonly after: number
  /** number of the last identifier that it goes over */
  readonly until: number
}

/**
 * The pass that another country of the workspace begins: telephone numbers take the form that they have there.
 * @param before the pass under way; one that goes over everything begins anew as such
 * @param lastIdentifier number of the identifier that was made last
 */
export function beginRespelling(before: RespellingPass | undefined, lastIdentifier: number): RespellingPass {
  return { namespace: before?.namespace === null ? null : 'phone', after: 0, until: lastIdentifier }
}

/**
 * The pass once a part of it is done.
 * @param part numbers of its identifiers, ascending
 * @returns undefined: it has ended
 */
export function passedRespelling(pass: RespellingPass, part: readonly number[]): RespellingPass | undefined {
  const last = part.length < RESPELL_IDENTIFIERS_MAX ? undefined : part.at(-1)
  return last === undefined ? undefined : { ...pass, after: last }
}
