import type { Json, JsonObject } from '@affluent/protocol/event'
import type { Connection, EventToRoute } from './connection.ts'

/** How old a live event may be and still act, in milliseconds: beyond it, it counts as history. */
const ACTS_WITHIN_MS = 24 * 60 * 60 * 1000

/**
 * Whether an event is history, which changes state and sends nothing: it was sent as such, or happened a day and more
 * before it came.
 * @param event.time event time, milliseconds since the epoch
 * @param sentAsHistory what its request said of all its events
 */
export function isHistory(
  event: { readonly time: number; readonly receivedAt: number },
  sentAsHistory: boolean,
): boolean {
  return sentAsHistory || event.receivedAt - event.time >= ACTS_WITHIN_MS
}

/** The connections of a workspace, by what flows into them. Immutable. */
export class Connections {
  readonly #ofSource = new Map<string, Connection[]>()
  readonly #ofAudience = new Map<string, Connection[]>()
  readonly #ofAll: Connection[] = []
  readonly all: readonly Connection[]

  /** @param connections those that are switched on */
  constructor(connections: readonly Connection[]) {
    this.all = connections
    for (const connection of connections) {
      const { from } = connection
      if ('audience' in from) push(this.#ofAudience, from.audience, connection)
      else if (from.source === '*') this.#ofAll.push(connection)
      else push(this.#ofSource, from.source, connection)
    }
  }

  get isEmpty(): boolean {
    return this.all.length === 0
  }

  /**
   * Who gets an event of a source.
   * @param integrations the event's own switch: `{"All":false,"Shop hook":true}`
   */
  ofEvent(event: EventToRoute, integrations: Json | undefined): Connection[] {
    const own = this.#ofSource.get(event.source)
    if (own === undefined && this.#ofAll.length === 0) return []
    return [...this.#ofAll, ...(own ?? [])].filter(
      (connection) => connection.accepts(event) && isSwitchedOn(connection, integrations),
    )
  }

  /** Who gets the word that somebody has entered or left an audience. */
  ofMembership(audience: string, entered: boolean): Connection[] {
    const own = this.#ofAudience.get(audience)
    if (own === undefined) return []
    const event = membershipEvent(audience, entered)
    return own.filter((connection) => connection.accepts(event))
  }
}

/** What an audience connection posts, as filters see it. */
export function membershipEvent(audience: string, entered: boolean): EventToRoute {
  const name = entered ? 'Audience Entered' : 'Audience Exited'
  return { type: 'track', name, source: '', properties: { audience } }
}

/**
 * Segment's `integrations`: by name (of the destination or its kind, in any case), else `All`, else on. An object means
 * on, with options.
 */
function isSwitchedOn({ destinationNames }: Connection, integrations: Json | undefined): boolean {
  if (typeof integrations !== 'object' || integrations === null || Array.isArray(integrations)) return true
  const said = new Map(
    Object.entries(integrations as JsonObject).map(([name, on]) => [name.toLowerCase(), on]),
  )
  const name = [...destinationNames, 'all'].find((each) => said.has(each))
  return name === undefined || said.get(name) !== false
}

function push(map: Map<string, Connection[]>, key: string, connection: Connection): void {
  const known = map.get(key)
  if (known === undefined) map.set(key, [connection])
  else known.push(connection)
}
