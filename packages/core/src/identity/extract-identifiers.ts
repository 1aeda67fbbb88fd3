import type { EventType, Json, JsonObject } from '@affluent/protocol/event'
import { EXTERNAL_IDS_MAX, IDENTIFIER_BYTES_MAX, NAMESPACE_BYTES_MAX } from '@affluent/protocol/limits'
import { hasForbiddenCharacters, isLongerThan } from '../event/text.ts'
import { isOrderEvent } from './is-order-event.ts'
import { type KeyedIdentifier, keyIdentifier } from './keyed-identifier.ts'
import { normalizeIdentifier } from './normalize-identifier.ts'
import { isPlaceholder } from './placeholders.ts'

/** The identifiers of one event, normalised, without doubles. */
export interface ExtractedIdentifiers {
  readonly identifiers: readonly KeyedIdentifier[]
  /** where values stand in the event that link nothing: placeholders, malformed, too long */
  readonly unlinked: readonly string[]
  /** of an alias: the value that is to be the same person as `userId` */
  readonly previousId: string | undefined
}

// the types that Segment's documentation names in context.externalIds, under our names
const EXTERNAL_TYPES: Readonly<Record<string, string>> = {
  userId: 'user_id',
  anonymousId: 'anonymous_id',
  'android.advertisingId': 'android.idfa',
  'ios.advertisingId': 'ios.idfa',
}

/**
 * Collects the identifiers of an event from the places that the contract names.
 * @param type of the event
 * @param event a checked event
 * @param country of the workspace, for telephone numbers that are written without one; null: none
 */
export function extractIdentifiers(
  type: EventType,
  event: JsonObject,
  country: string | null,
): ExtractedIdentifiers {
  const found = new Collector(country)
  found.take('user_id', event['userId'], 'userId')
  found.take('anonymous_id', event['anonymousId'], 'anonymousId')
  const context = asObject(event['context'])
  if (type === 'identify') found.takeContacts(asObject(event['traits']), 'traits')
  if (context !== undefined) takeContext(found, context)
  const email = asObject(event['properties'])?.['email']
  if (email !== undefined && typeof event['event'] === 'string' && isOrderEvent(event['event'])) {
    found.take('email', email, 'properties.email')
  }
  const said = type === 'alias' ? asText(event['previousId']) : undefined
  const previous = said === undefined ? undefined : normalizeIdentifier('user_id', said, country)
  return {
    identifiers: found.identifiers,
    unlinked: found.unlinked,
    previousId: previous === undefined || isPlaceholder(previous) ? undefined : previous,
  }
}

function takeContext(found: Collector, context: JsonObject): void {
  found.takeContacts(asObject(context['traits']), 'context.traits')
  const externalIds = context['externalIds']
  if (Array.isArray(externalIds)) {
    for (let index = 0; index < externalIds.length; index++) {
      takeExternalId(found, externalIds[index] as Json, index)
    }
  }
  const device = asObject(context['device'])
  if (device === undefined) return
  found.take('device_id', device['id'], 'context.device.id')
  if (device['adTrackingEnabled'] !== false) {
    found.take(advertisingNamespace(device), device['advertisingId'], 'context.device.advertisingId')
  }
}

function takeExternalId(found: Collector, entry: Json, index: number): void {
  const external = asObject(entry)
  const type = asText(external?.['type'])?.trim()
  // a company is not a person
  const collection = external?.['collection']
  if (external === undefined || (collection !== undefined && collection !== 'users')) return
  const path = `context.externalIds[${index}].id`
  if (type === undefined || !isNamespace(type) || index >= EXTERNAL_IDS_MAX) {
    found.leave(external['id'], path)
    return
  }
  found.take(
    Object.hasOwn(EXTERNAL_TYPES, type) ? (EXTERNAL_TYPES[type] as string) : type,
    external['id'],
    path,
  )
}

/** A colon parts namespace and value where a profile is asked for. */
function isNamespace(type: string): boolean {
  return (
    type !== '' &&
    !type.includes(':') &&
    !isLongerThan(type, NAMESPACE_BYTES_MAX) &&
    !hasForbiddenCharacters(type)
  )
}

function advertisingNamespace(device: JsonObject): string {
  const type = asText(device['type'])?.toLowerCase()
  if (type === 'ios' || type === 'android') return `${type}.idfa`
  return 'advertising_id'
}

class Collector {
  readonly identifiers: KeyedIdentifier[] = []
  readonly unlinked: string[] = []
  readonly #country: string | null

  constructor(country: string | null) {
    this.#country = country
  }

  takeContacts(traits: JsonObject | undefined, path: string): void {
    if (traits === undefined) return
    this.take('email', traits['email'], `${path}.email`)
    this.take('phone', traits['phone'], `${path}.phone`)
  }

  /** Notes that a value stands in the event and links nothing. */
  leave(raw: Json | undefined, path: string): void {
    if (raw !== undefined && raw !== null && raw !== '') this.unlinked.push(path)
  }

  take(namespace: string, raw: Json | undefined, path: string): void {
    const text = asText(raw)
    if (text === undefined) this.leave(raw, path)
    if (text === undefined || text.trim() === '') return
    const value = normalizeIdentifier(namespace, text, this.#country)
    if (
      value === undefined ||
      isPlaceholder(value) ||
      isLongerThan(value, IDENTIFIER_BYTES_MAX) ||
      hasForbiddenCharacters(value)
    ) {
      this.leave(raw, path)
      return
    }
    for (const known of this.identifiers) {
      if (known.namespace === namespace && known.value === value) return
    }
    this.identifiers.push(keyIdentifier(namespace, value))
  }
}

function asObject(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
}

function asText(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined
}
