import type { Scalar } from '@affluent/protocol/condition'
import type { ValueDraft, ValueTestModel } from '../../../conditions/value-test.ts'

const PLACE_IN_LIST = /\[(\d+)\]$/

/** The same test with a value replaced by the one that was meant. @param rest where it stands: `.value`, `.value[2]` */
export function takeValue(test: ValueTestModel, rest: string, nearest: Scalar): ValueTestModel {
  const at = Number(PLACE_IN_LIST.exec(rest)?.[1] ?? 0)
  const values = test.values.map((value, index): ValueDraft => (index === at ? nearest : value))
  // a list names each value once
  return { ...test, values: [...new Set(values)] }
}
