import { EVENT_DEPTH_MAX } from '@affluent/protocol/limits'

/**
 * Whether a JSON text may be nested deeper than an event may be, so that nothing goes through it level by level: raw
 * texts come from outside, and what was refused for its depth is kept too. Brackets in its own texts count.
 */
export function isNestedTooDeep(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]
    if (letter === '{' || letter === '[') {
      if (++depth > EVENT_DEPTH_MAX) return true
    } else if (letter === '}' || letter === ']') depth--
  }
  return false
}
