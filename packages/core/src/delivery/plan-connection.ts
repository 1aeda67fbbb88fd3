import type { Rejection } from '@affluent/protocol/codes'
import type { Mapping } from '@affluent/protocol/endpoints/connections'
import type { Json } from '@affluent/protocol/event'
import { CONNECTIONS_MAX } from '@affluent/protocol/limits'
import { ConditionError } from '../condition/condition-error.ts'
import type { ConnectionFrom } from './connection.ts'
import type { ConnectionRow } from './connection-row.ts'
import { checkFilter } from './filter.ts'
import { checkMapping } from './mapping.ts'
import { checkRequired } from './write-payload.ts'

/** A connection as somebody makes it. */
export interface NewConnection {
  readonly from: ConnectionFrom
  readonly destination: number
  readonly action: string
  readonly filter: Json
  readonly mapping: Mapping | null
  /** left out: none */
  readonly required?: readonly string[]
  readonly purpose: string
  readonly enabled: boolean
  readonly sendCurrentMembers: boolean
}

/** What is to be another one in a connection; what is left out stays. */
export interface ConnectionChange {
  readonly filter?: Json
  readonly mapping?: Mapping | null
  readonly required?: readonly string[]
  readonly enabled?: boolean
}

/** What connections are decided from. */
export interface ConnectionFacts {
  readonly rows: readonly ConnectionRow[]
  /** keys of the audiences that there are */
  readonly audiences: ReadonlySet<string>
  /** numbers of the destinations that there are */
  readonly destinations: ReadonlySet<number>
  /** IANA name of the workspace */
  readonly zone: string
}

/**
 * Makes a connection, unless what it names is gone by now.
 * @param place position of the command, and when it was given in milliseconds since the epoch
 * @returns why it cannot be, if so
 */
export function putConnection(
  { rows, audiences, destinations, zone }: ConnectionFacts,
  said: NewConnection,
  place: { readonly position: number; readonly at: number },
): ConnectionRow | Rejection {
  const { from, destination, action, filter, mapping, required = [], purpose, enabled } = said
  const fault = faultOf({ filter, mapping, required }, zone)
  if (fault !== undefined) return fault
  if (!destinations.has(destination))
    return { code: 'unknown_reference', message: 'There is no such destination any more.' }
  const [source, audience] = 'source' in from ? [from.source, null] : [null, from.audience]
  if (audience !== null && !audiences.has(audience))
    return { code: 'unknown_reference', message: `There is no audience "${audience}".` }
  if (rows.length >= CONNECTIONS_MAX)
    return { code: 'too_many', message: `A workspace has ${CONNECTIONS_MAX} connections at most.` }
  const time = new Date(place.at)
  return {
    id: place.position,
    destination,
    source,
    audience,
    action,
    filter,
    mapping,
    required,
    purpose,
    enabled,
    membersAfter: audience !== null && said.sendCurrentMembers ? 0 : null,
    membersSent: 0,
    membersOf: null,
    createdAt: time,
    changedAt: time,
  }
}

/**
 * Changes what a connection lets pass, what it makes of it, or whether it does so at all.
 * @param at when it was said, milliseconds since the epoch
 * @returns why it cannot be, if so
 */
export function changeConnection(
  { rows, zone }: Pick<ConnectionFacts, 'rows' | 'zone'>,
  id: number,
  change: ConnectionChange,
  at: number,
): ConnectionRow | Rejection {
  const row = rows.find((each) => each.id === id)
  if (row === undefined) return NO_CONNECTION
  const { filter = row.filter, mapping = row.mapping, required = row.required } = change
  const { enabled = row.enabled } = change
  const isMapped = change.mapping !== undefined || change.required !== undefined
  // what stood before is taken as it is
  const fault = faultOf(
    {
      filter: change.filter ?? null,
      ...(isMapped ? { mapping, required } : { mapping: null, required: [] }),
    },
    zone,
  )
  return fault ?? { ...row, filter, mapping, required, enabled, changedAt: new Date(at) }
}

/**
 * Takes a connection away. What it has queued already is still sent.
 * @returns why it cannot be, if so
 */
export function deleteConnection(rows: readonly ConnectionRow[], id: number): Rejection | undefined {
  return rows.some((row) => row.id === id) ? undefined : NO_CONNECTION
}

/**
 * What is wrong with a filter or a mapping: asked where it is decided too, since a command may come by another way than
 * the API.
 */
function faultOf(
  { filter, mapping, required }: Pick<ConnectionRow, 'filter' | 'mapping' | 'required'>,
  zone: string,
): Rejection | undefined {
  try {
    checkFilter(filter, zone)
    if (mapping !== null) checkMapping(mapping)
    checkRequired({ mapping: mapping ?? undefined, required })
    return undefined
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error
    const { code, path, message } = error
    return { code, message, path }
  }
}

const NO_CONNECTION: Rejection = { code: 'not_found', message: 'There is no such connection.' }
