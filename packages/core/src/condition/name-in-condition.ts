import type { Scalar } from '@affluent/protocol/condition'
import type { JsonObject } from '@affluent/protocol/event'

/** What a condition names: something that must have been seen for the condition to find anybody. */
export type NameKind = 'trait' | 'event' | 'property' | 'identifier' | 'value'

/** One name in a condition. */
export interface NameInCondition {
  readonly kind: NameKind
  /** where it stands, such as `condition.all[1].trait` */
  readonly path: string
  readonly name: Scalar
  /** of a property and of a value: where the name stands without which nothing can be said of it */
  readonly under: string | undefined
  /** the condition that asks for nothing but this name */
  readonly probe: JsonObject
}
