import type { ErrorCode } from '@affluent/protocol/codes'

/** A condition that cannot be understood: what is wrong, how to mend it, and where. */
export class ConditionFault extends Error {
  override readonly name = 'ConditionFault'
  /** such as `condition.all[1].where[0].op` */
  readonly path: string
  readonly code: ErrorCode

  constructor(path: string, message: string, code: ErrorCode = 'invalid_condition') {
    super(message)
    this.path = path
    this.code = code
  }
}
