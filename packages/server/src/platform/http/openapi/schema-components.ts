import type { JsonObject } from '@affluent/protocol/event'
import { type Schema, z } from '@affluent/protocol/schema'

const DEFINITIONS = '#/$defs/'
const COMPONENTS = '#/components/schemas/'

/**
 * Turns schemas into JSON Schema, and collects those that have a name of their own as components that the others refer
 * to.
 */
export class SchemaComponents {
  readonly #components = new Map<string, JsonObject>()

  /** Every named schema that was met, by name. */
  all(): JsonObject {
    const sorted = [...this.#components].toSorted(([a], [b]) => (a < b ? -1 : 1))
    return Object.fromEntries(sorted)
  }

  /**
   * @param side what a caller writes, or what an answer holds: defaults are optional only in the first
   * @throws Error when a name stands for two schemas
   */
  describe(schema: Schema, side: 'input' | 'output'): JsonObject {
    const whole = z.toJSONSchema(schema, { io: side, unrepresentable: 'any' })
    const { $schema: _, $defs = {}, ...json } = redirect(whole)
    for (const [name, definition] of Object.entries($defs as Record<string, JsonObject>))
      this.add(name, definition)
    return json
  }

  /** @throws Error when the name stands for another schema already */
  add(name: string, schema: JsonObject): void {
    const known = this.#components.get(name)
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema))
      throw new Error(`Two schemas of the API are called ${name}.`)
    this.#components.set(name, schema)
  }
}

/** The same with references that lead to components, and without the names that a component does not repeat. */
function redirect(json: unknown): JsonObject {
  const text = JSON.stringify(json, (key, value: unknown) => {
    if (key === '$ref' && typeof value === 'string') return value.replace(DEFINITIONS, COMPONENTS)
    if (key === '$defs') return withoutIds(value as Record<string, JsonObject>)
    return value
  })
  return JSON.parse(text) as JsonObject
}

function withoutIds(definitions: Readonly<Record<string, JsonObject>>): JsonObject {
  return Object.fromEntries(
    Object.entries(definitions).map(([name, { id: _, ...definition }]) => [name, definition]),
  )
}
