import type { EventType, Json, JsonObject } from '@affluent/protocol/event'
import { parseEventTime } from './event-time.ts'

/**
 * What says nothing of an event's content: its id, which is asked for first; the type, which the route may name
 * instead; the key and the time of sending, which belong to the request; and where analytics-next counts its tries.
 */
const ASIDE: ReadonlySet<string> = new Set(['messageId', 'type', 'writeKey', 'sentAt', '_metadata'])
const TIMES: ReadonlySet<string> = new Set(['timestamp', 'originalTimestamp'])

/** Fingerprints of the first version were of bytes and stayed below: those of meaning begin here. */
export const FINGERPRINT_MIN = 2 ** 48

const SIZES = 2 ** 16
const TRUE = 0x5bd1e995
const FALSE = 0x1b873593
const NULL = 0x2f0b4c47
const NUMBER = 0x38495ab5
const TEXT = 0x165667b1
const LIST = 0x27d4eb2f
const OBJECT = 0x9e3779b1
const POINT = 0x2e

/**
 * Tells copies of an event by what it means and not by how its JSON is written: the order of keys, white space,
 * escapes, `50.0` for 50 are no difference, nor is what libraries change when they try again.
 * @param json the parsed event, with what its batch says for all
 * @returns a whole number from FINGERPRINT_MIN on, 48 bits of which tell contents apart
 */
export function fingerprintOf(type: EventType, json: JsonObject): number {
  size = 0
  let sum = hashText(type)
  for (const key in json) {
    const value = json[key] as Json
    if (value === null || ASIDE.has(key)) continue
    sum = (sum + hashEntry(key, TIMES.has(key) ? timeOf(value) : value)) | 0
  }
  return FINGERPRINT_MIN + mix(sum) * SIZES + (size % SIZES)
}

// characters and elements of the event that is being hashed
let size = 0

/**
 * The same moment may be written with more or fewer digits, or in another zone. Nearly all are written as JavaScript
 * writes them.
 */
function timeOf(value: Json): Json {
  if (
    typeof value !== 'string' ||
    (value.length === 24 && value.charCodeAt(19) === POINT && value.endsWith('Z'))
  )
    return value
  const ms = parseEventTime(value)?.ms
  return ms === undefined ? value : new Date(ms).toISOString()
}

/** Entries are added, so that their order is no difference. */
function hashEntry(key: string, value: Json): number {
  return mix(Math.imul(hashText(key), OBJECT) ^ hashValue(value))
}

function hashValue(value: Json): number {
  if (typeof value === 'string') return hashText(value)
  if (typeof value === 'number') return hashNumber(value)
  if (value === null) return NULL
  if (typeof value === 'boolean') return value ? TRUE : FALSE
  if (Array.isArray(value)) {
    let hash = LIST
    for (const item of value) {
      hash = mix(Math.imul(hash, OBJECT) ^ hashValue(item))
      size++
    }
    return hash
  }
  let sum = OBJECT
  for (const key in value) sum = (sum + hashEntry(key, value[key] as Json)) | 0
  return mix(sum)
}

function hashText(text: string): number {
  let hash = TEXT
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  size += text.length
  return mix(hash)
}

const double = new Float64Array(1)
const halves = new Uint32Array(double.buffer)

function hashNumber(value: number): number {
  // -0 is written as 0
  double[0] = value + 0
  return mix(Math.imul(halves[0] as number, NUMBER) ^ (halves[1] as number) ^ NUMBER)
}

function mix(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
