import {
  CircleFault,
  inlineAudiences,
  MissingAudience,
  type NamedCondition,
  withPopulation,
} from '@affluent/core/condition/condition-tree'
import { parseCondition } from '@affluent/core/condition/parse-condition'
import { coldAnswer, type PlainPerson } from '@affluent/core/condition/testing/cold-answer'
import { personTraits } from '@affluent/core/event/event-traits'
import { DEFAULT_IDENTITY_RULES } from '@affluent/core/identity/namespaces'
import type { Condition, Population } from '@affluent/protocol/condition'
import type { EventType, Json, JsonObject } from '@affluent/protocol/event'
import type { TestServer } from './test-server.ts'

/** An event that a test sends, before it has a place in the log. */
export interface SentEvent {
  readonly type: EventType
  readonly name: string
  /** milliseconds since the epoch */
  readonly time: number
  /** `namespace:value` */
  readonly identifiers: readonly string[]
  readonly previousId?: string | undefined
  /** properties, or traits of an identify */
  readonly payload: JsonObject
  readonly bot: boolean
}

export interface Definition {
  readonly condition: Json
  readonly population: Population
}

/** A profile as the model knows it, with its identifiers as texts in order. */
export interface KnownPerson extends PlainPerson {
  readonly names: readonly string[]
}

const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'

/**
 * What a test has sent and defined: from it alone, and from whose each event is, follows who must be in which audience.
 */
export class KnownPeople {
  readonly definitions = new Map<string, Definition>()
  readonly zone: string
  readonly #sent: SentEvent[] = []
  readonly #server: TestServer

  constructor(server: TestServer, zone: string) {
    this.#server = server
    this.zone = zone
  }

  get count(): number {
    return this.#sent.length
  }

  /** Remembers an event and gives it as the collector takes it. */
  say(event: SentEvent): JsonObject {
    this.#sent.push(event)
    const { type, name, time, identifiers, previousId, bot } = event
    const named = identifiers.map((text) => {
      const colon = text.indexOf(':')
      return { namespace: text.slice(0, colon), value: text.slice(colon + 1) }
    })
    const user = named.find(({ namespace }) => namespace === 'user_id')
    const others = named.filter((each) => each !== user)
    const externalIds = others.map(({ namespace, value }) => ({
      type: namespace,
      id: value,
      collection: 'users',
    }))
    return {
      type,
      ...(type === 'track' ? { event: name } : type === 'page' ? { name } : {}),
      ...saidIn(event),
      ...(user === undefined ? {} : { userId: user.value }),
      ...(previousId === undefined ? {} : { previousId }),
      context: { externalIds, ...(bot ? { userAgent: BOT } : {}) },
      timestamp: new Date(time).toISOString(),
      messageId: `m${this.#sent.length - 1}`,
    }
  }

  /** An audience's whole question; undefined where its definition leads nowhere or round in a circle. */
  conditionOf(key: string, said = this.definitions.get(key)): Condition | undefined {
    if (said === undefined) return undefined
    const find = (name: string): NamedCondition | undefined => {
      const { condition, population } = this.definitions.get(name) ?? {}
      if (condition === undefined || population === undefined) return undefined
      return { population, condition: parseCondition(condition, this.zone) }
    }
    try {
      const own = inlineAudiences(parseCondition(said.condition, this.zone), find, [key])
      return withPopulation({ population: said.population, condition: own })
    } catch (error) {
      if (error instanceof CircleFault || error instanceof MissingAudience) return undefined
      throw error
    }
  }

  /** Everyone, as of a log position: only whose each event is comes from the server. All must be loaded. */
  async read(position = Number.MAX_SAFE_INTEGER): Promise<KnownPerson[]> {
    const rows = await this.#server.askClickHouse<{ place: number; fragment: number; position: number }>(
      `select toFloat64(fragment) as fragment, toFloat64(position) as position, toUInt32(substring(message_id, 2)) as place
       from event where workspace = 1 and fragment != 0 and position <= ${position} order by position`,
    )
    const { rows: fragments } = await this.#server.database.query<{ id: number; profile: number }>(
      'select id, profile from fragment where workspace_id = 1',
    )
    const { rows: identifiers } = await this.#server.database.query<{
      owner: number
      namespace: string
      value: string
    }>('select owner, namespace, value from identifier where workspace_id = 1 and owner <> 0')
    const profileOf = new Map(fragments.map(({ id, profile }) => [id, profile]))
    const people = new Map<number, MutablePerson>()
    const personOf = (fragment: number): MutablePerson => {
      const profile = profileOf.get(fragment) ?? 0
      let person = people.get(profile)
      if (person === undefined)
        people.set(profile, (person = { profile, events: [], identifies: [], namespaces: [], names: [] }))
      return person
    }
    for (const { owner, namespace, value } of identifiers) {
      const { namespaces, names } = personOf(owner)
      namespaces.push(namespace)
      names.push(`${namespace}:${value}`)
    }
    for (const { names } of people.values()) names.sort()
    for (const { place, fragment, position: at } of rows) {
      const sent = this.#sent[place] as SentEvent
      const { type, name, time, payload, bot } = sent
      const person = personOf(fragment)
      const traits = personTraits(type, { traits: payload })
      if (traits !== undefined) person.identifies.push({ time, position: at, traits })
      person.events.push({ type, name, time, position: at, json: saidIn(sent), bot })
    }
    return [...people.values()]
  }

  /**
   * Names of those for whom a condition holds at a moment, each by the first of its identifiers, as
   * `TestServer.members` gives them.
   */
  membersOf(condition: Condition, people: readonly KnownPerson[], now: number): string[] {
    const moment = { now, zone: this.zone, rules: DEFAULT_IDENTITY_RULES }
    const members = people
      .filter(({ names }) => names.length > 0)
      .filter((person) => coldAnswer(condition, person, moment))
    return members.map(({ names }) => names[0] ?? '').sort()
  }
}

type MutablePerson = { -readonly [Key in keyof KnownPerson]: Mutable<KnownPerson[Key]> }
type Mutable<T> = T extends readonly (infer Item)[] ? Item[] : T

/** What a call says, as far as conditions ask for it here. */
function saidIn({ type, payload }: SentEvent): JsonObject {
  if (type === 'alias') return {}
  return type === 'identify' ? { traits: payload } : { properties: payload }
}
