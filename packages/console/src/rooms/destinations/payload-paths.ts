import type { Json } from '@affluent/protocol/event'

const PATHS_MAX = 200

/**
 * The paths of everything in a payload, as mappings write them: names joined by dots, `[]` for the elements of a list.
 */
export function payloadPaths(payload: Json): string[] {
  const found = new Set<string>()
  collect(payload, '', found)
  return [...found].slice(0, PATHS_MAX)
}

function collect(value: Json, path: string, found: Set<string>): void {
  if (typeof value !== 'object' || value === null || found.size >= PATHS_MAX) return
  if (Array.isArray(value)) {
    for (const item of value) collect(item, `${path}[]`, found)
    return
  }
  for (const [key, inner] of Object.entries(value)) {
    // a dot in a name is not the one between names
    const name = key.replaceAll(/[\\.]/g, '\\$&')
    const own = path === '' ? name : `${path}.${name}`
    found.add(own)
    collect(inner, own, found)
  }
}
