import type { Identifier } from '@affluent/protocol/event'

/** A normalised identifier with the one text that stands for it in maps, made once since it is looked up often. */
export interface KeyedIdentifier extends Identifier {
  readonly key: string
}

/**
 * @param namespace and value hold no control characters, so the two cannot be confused
 */
export function keyIdentifier(namespace: string, value: string): KeyedIdentifier {
  return { namespace, value, key: `${namespace}\n${value}` }
}
