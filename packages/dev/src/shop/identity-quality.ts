import { extractIdentifiers } from '@affluent/core/identity/extract-identifiers'
import type { EventType } from '@affluent/protocol/event'
import type { ShopRecord } from './shop-record.ts'

/** How well profiles fit the people behind them, counted over pairs of identifiers. */
export interface IdentityQuality {
  readonly people: number
  readonly profiles: number
  readonly identifiers: number
  /** of the pairs that are in one profile, the share that is one person */
  readonly precision: number
  /** of the pairs that are one person, the share that is in one profile */
  readonly recall: number
  /** identifiers of the largest profile */
  readonly largest: number
}

// an identifier that is another person's in more sightings than these belongs to nobody in particular
const OWN_SHARE = 0.8
const FOR_ONE_TICKET = 'anonymous_id:ticket-'

/**
 * Whose each identifier is, from the truth beside the records. Left out are those of robots, those of a single ticket,
 * which nothing could ever join, and those that two people share, such as the browser of a couple's tablet.
 * @returns person by `namespace:value`
 */
export function ownersOf(records: Iterable<ShopRecord>): Map<string, number> {
  const sightings = new Map<string, Map<number, number>>()
  for (const { truth, event, planted } of records) {
    if (truth === null || planted === 'copy') continue
    for (const { namespace, value } of extractIdentifiers(event['type'] as EventType, event, 'FR')
      .identifiers) {
      const key = `${namespace}:${value}`
      if (key.startsWith(FOR_ONE_TICKET)) continue
      let people = sightings.get(key)
      if (people === undefined) sightings.set(key, (people = new Map()))
      people.set(truth, (people.get(truth) ?? 0) + 1)
    }
  }
  const owners = new Map<string, number>()
  for (const [key, people] of sightings) {
    const all = [...people.values()].reduce((sum, count) => sum + count, 0)
    const owner = [...people].find(([, count]) => count >= OWN_SHARE * all)
    if (owner !== undefined) owners.set(key, owner[0])
  }
  return owners
}

/**
 * Compares profiles with the truth.
 * @param owners person by identifier
 * @param profiles profile by identifier; one that is missing counts as alone
 */
export function measureIdentity(
  owners: ReadonlyMap<string, number>,
  profiles: ReadonlyMap<string, number | string>,
): IdentityQuality {
  const byPerson = new Map<number, number>()
  const byProfile = new Map<number | string, number>()
  const byBoth = new Map<string, number>()
  for (const [key, person] of owners) {
    const profile = profiles.get(key) ?? `alone:${key}`
    add(byPerson, person)
    add(byProfile, profile)
    add(byBoth, `${person} ${profile}`)
  }
  const together = pairsOf(byBoth)
  return {
    ...{ people: byPerson.size, profiles: byProfile.size, identifiers: owners.size },
    precision: together / pairsOf(byProfile),
    recall: together / pairsOf(byPerson),
    largest: Math.max(...byProfile.values()),
  }
}

function add<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function pairsOf(counts: ReadonlyMap<unknown, number>): number {
  let pairs = 0
  for (const count of counts.values()) pairs += (count * (count - 1)) / 2
  return pairs
}
