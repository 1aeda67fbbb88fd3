import { personTraits } from '@affluent/core/event/event-traits'
import type { ProfilePart } from '../platform/processing/batch-decision.ts'
import type { FactSource } from '../platform/processing/fact-source.ts'
import { TRAIT_COLUMNS, TraitRows } from './trait-table.ts'

/**
 * What identify calls said of people, without what was not taken. The bytes: the refused names by position, as JSON;
 * they are rare.
 */
export const traitFacts: FactSource<ProfilePart> = {
  key: 'profiles',
  nothing: { refusedTraits: [] },

  encode({ refusedTraits }) {
    return refusedTraits.length === 0 ? undefined : Buffer.from(JSON.stringify(refusedTraits))
  },

  decode(bytes) {
    return { refusedTraits: JSON.parse(bytes.toString()) as ProfilePart['refusedTraits'] }
  },

  rows(workspace, { processed, part }) {
    const rows = new TraitRows()
    const refused = new Map(part.refusedTraits.map(({ position, names }) => [position, new Set(names)]))
    for (const { position, fragment, event } of processed) {
      if (fragment === 0) continue
      const { type, json, time } = event.checked
      const traits = personTraits(type, json)
      if (traits === undefined) continue
      for (const kind of ['set', 'once'] as const) {
        for (const [name, value] of Object.entries(traits[kind])) {
          if (refused.get(position)?.has(name) === true) continue
          rows.add({ workspace, name, fragment, time, position, value, isOnce: kind === 'once' })
        }
      }
    }
    return [{ target: `trait ${TRAIT_COLUMNS}`, rows: rows.finish() }]
  },
}
