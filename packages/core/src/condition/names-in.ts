import type { Json } from '@affluent/protocol/event'
import { jsonObject } from './json-object.ts'
import { leafKindOfJson } from './leaves/leaf-kinds.ts'
import type { NameInCondition } from './name-in-condition.ts'

/**
 * The names and exact values in a condition, in the order in which they stand; an outer one before those under it.
 * @param condition as it was sent, and understood by `parseCondition`
 */
export function namesIn(condition: Json): NameInCondition[] {
  const names: NameInCondition[] = []
  visit(condition, 'condition', names)
  return names
}

function visit(json: Json, path: string, names: NameInCondition[]): void {
  const object = jsonObject(json)
  if (object === undefined) return
  for (const branch of ['all', 'any'] as const) {
    const parts = object[branch]
    if (!Array.isArray(parts)) continue
    for (const [index, part] of parts.entries()) visit(part, `${path}.${branch}[${index}]`, names)
  }
  if (object['not'] !== undefined) visit(object['not'], `${path}.not`, names)
  leafKindOfJson(object)?.names?.(object, path, names)
}
