import type { ValueTest } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import { foldText } from '../fold-text.ts'
import { numberIn } from '../number-in.ts'

/** What a value is compared as: itself, without case and accents, or the number that it reads as. */
export function foldOf({ ignoreCase, as }: ValueTest): (value: Json) => Json {
  return ignoreCase === true ? foldJson : as === 'number' ? numberOf : same
}

function same(value: Json): Json {
  return value
}

function foldJson(value: Json): Json {
  return typeof value === 'string' ? foldText(value) : value
}

/** A text as the number that it reads as; what reads as none equals no number. */
function numberOf(value: Json): Json {
  return typeof value === 'string' ? (numberIn(value) ?? null) : typeof value === 'number' ? value : null
}
