import type { Json, JsonObject } from '@affluent/protocol/event'
import { isNestedTooDeep } from './is-nested-too-deep.ts'

// What is personal, until the catalogue says it of each field: e-mail, telephone, name, address, IP and precise place,
// by the name of a field wherever it is nested, and whatever its name by the form of its value.

/** What a field is by its name: personal; a place, of which city and country may be seen; or neither. */
type FieldKind = 'personal' | 'place' | 'open'

const PERSONAL_WORDS = new Set([
  ...['email', 'mail', 'courriel', 'mailto'],
  ...['phone', 'telephone', 'telefon', 'tel', 'fax', 'msisdn', 'whatsapp'],
  ...['ip', 'ipv', 'gps', 'geohash'],
  ...['street', 'rue', 'strasse', 'postcode', 'postal', 'zip', 'zipcode', 'plz'],
  ...['latitude', 'longitude', 'lat', 'lng', 'lon'],
  ...['firstname', 'lastname', 'fullname', 'surname', 'forename', 'nickname', 'username', 'middlename'],
  ...['prenom', 'vorname', 'nachname'],
])
/** Personal when they are the whole name of a field, or its end after one of `OF_PEOPLE`. */
const NAMING_WORDS = new Set(['name', 'nom', 'mobile', 'cell', 'cellular', 'portable', 'handy'])
const OF_PEOPLE = new Set([
  ...['first', 'last', 'full', 'given', 'family', 'middle', 'maiden', 'display', 'nick', 'legal', 'real'],
  ...['user', 'customer', 'contact', 'person', 'client', 'member', 'recipient', 'sender', 'buyer', 'owner'],
  ...['billing', 'shipping', 'delivery', 'guest', 'patient', 'holder', 'phone', 'home', 'work'],
])
const JOINED =
  /^(user|customer|contact|home|work|mobile|cell|billing|shipping|business)?(e?mail|phone|telephone|mobile|cell)(address|addr|number|no|num|nr)?$|^(ip|street|postal|mail|home)(address|addr|code)$|^(given|family|display|user|customer|contact|full|first|last|middle|birth)name$|^(code)?postal(code)?$|^nom(complet|defamille)$|^ipv?[46]?$/
const PLACE_WORDS = new Set([
  ...[
    'address',
    'addresses',
    'adresse',
    'adresses',
    'addr',
    'location',
    'geo',
    'geoip',
    'geolocation',
    'coordinates',
    'coords',
    'residence',
  ],
])
/** What of a place says no more than where many live. */
const COARSE_WORDS = new Set([
  ...['city', 'town', 'ville', 'locality', 'country', 'pays', 'state', 'region', 'province', 'department'],
  ...[
    'departement',
    'continent',
    'timezone',
    'zone',
    'currency',
    'type',
    'kind',
    'id',
    'validated',
    'verified',
  ],
])
/** A `name` in these is that of a thing. */
const THINGS = new Set([
  ...['app', 'application', 'os', 'library', 'campaign', 'page', 'screen', 'browser', 'plan', 'product'],
  ...[
    'item',
    'company',
    'organization',
    'organisation',
    'category',
    'brand',
    'store',
    'shop',
    'network',
    'group',
  ],
  ...[
    'variant',
    'experiment',
    'coupon',
    'engine',
    'integration',
    'list',
    'event',
    'source',
    'template',
    'feature',
  ],
])

/**
 * What a field is by its name.
 * @param name as events and traits write it: `firstName`, `first_name`, `Prénom`
 * @param parent name of what it stands in; undefined: it stands at the top
 */
function fieldKind(name: string, parent?: string): FieldKind {
  const words = wordsOf(name)
  const joined = words.join('')
  const last = words.at(-1) ?? ''
  if (words.some((word) => PERSONAL_WORDS.has(word)) || JOINED.test(joined)) return 'personal'
  if (NAMING_WORDS.has(last)) {
    const before = words.slice(0, -1)
    if (before.length === 0 && !isThing(parent)) return 'personal'
    if (before.some((word) => OF_PEOPLE.has(word))) return 'personal'
  }
  if (!words.some((word) => PLACE_WORDS.has(word))) return 'open'
  return words.length > 1 && COARSE_WORDS.has(last) ? 'open' : 'place'
}

/** Whether something of a place may be seen by whoever sees people masked. */
function isCoarse(name: string): boolean {
  const words = wordsOf(name)
  return fieldKind(name) === 'open' && words.some((word) => COARSE_WORDS.has(word))
}

/**
 * Whether a path leads to a personal value.
 * @param path as conditions write it: `address.street`, `products[].name`, `context.ip`
 */
export function isPersonalPath(path: string): boolean {
  let parent: string | undefined
  let isInPlace = false
  const steps = path
    .replaceAll('[]', '')
    .split('.')
    .filter((step) => step !== '')
  for (const step of steps) {
    if (isInPlace) return !isCoarse(step)
    const kind = fieldKind(step, parent)
    if (kind === 'personal') return true
    isInPlace = kind === 'place'
    parent = step
  }
  return isInPlace
}

/** Whether the identifiers of a namespace are a person's address or name. */
export function isPersonalNamespace(namespace: string): boolean {
  return isPersonalPath(namespace)
}

const EMAIL = /[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}-]{1,63}/u
const PHONE = /(?<![\p{L}\p{N}])\+\d{1,3}(?:[\s().\-/]{0,2}\d){6,14}(?!\d)/u
const WHOLE_PHONE = /^(?:tel:)?(?:0\d(?:[\s.\-/]?\d{2}){4}|\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4})$/u
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/
const IPV6 = /^(?=.*::)[\da-f:.]{3,45}$|^(?:[\da-f]{1,4}:){7}[\da-f]{1,4}$/i
const QUERY_NAME = /[?&#;]([^=&#;?\s]{1,100})=[^&#;\s]/g

/** The forms that may stand inside a text. */
export const QUOTED_FORMS: readonly RegExp[] = [
  /[\p{L}\p{N}._%+'-]{1,64}(?:@|%40)[\p{L}\p{N}.-]{1,253}/giu,
  /(?<![\p{L}\p{N}])\+\d{1,3}(?:[\s().\-/]{0,2}\d){6,14}/gu,
]

/**
 * Whether a text is personal by its form, whatever its name: an e-mail address or a telephone number is in it, or it is
 * an IP address, or an address of a page or a JSON text that has personal fields.
 */
export function isPersonalText(text: string): boolean {
  if (hasForm(text)) return true
  const plain = decoded(text)
  if (plain !== text && hasForm(plain)) return true
  if (plain.includes('='))
    for (const [, name = ''] of plain.matchAll(QUERY_NAME)) if (fieldKind(name) !== 'open') return true
  return isPersonalJson(text)
}

function hasForm(text: string): boolean {
  if (text.includes('@') && EMAIL.test(text)) return true
  if (text.includes('+') && PHONE.test(text)) return true
  const trimmed = text.trim()
  return WHOLE_PHONE.test(trimmed) || IPV4.test(trimmed) || (trimmed.includes(':') && IPV6.test(trimmed))
}

/** A text as it reads where a page's address has escaped it. */
export function decoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text.replaceAll(/%40/gi, '@').replaceAll(/%2b/gi, '+').replaceAll(/%20/g, ' ')
  }
}

const INNER_JSON_CHARS_MAX = 100_000

/** Whether a text is JSON itself, an object or a list, and says something personal. */
function isPersonalJson(text: string): boolean {
  const first = text.trimStart()[0]
  if (first !== '{' && first !== '[') return false
  // what is not looked into may say anything
  if (text.length > INNER_JSON_CHARS_MAX || isNestedTooDeep(text)) return true
  try {
    return personalValuesIn(JSON.parse(text) as Json).length > 0
  } catch {
    return false
  }
}

/** Whether a field is left out where people are masked; undefined: what is inside decides. */
export function isMaskedField(
  name: string,
  value: Json,
  parent: string | undefined,
  isInPlace: boolean,
): boolean | undefined {
  if (typeof value === 'boolean' || value === null) return false
  const kind = fieldKind(name, parent)
  const isObject = typeof value === 'object' && !Array.isArray(value)
  if (kind === 'personal') return true
  if (kind === 'place' || isInPlace) {
    if (isInPlace && isCoarse(name) && !isObject) return undefined
    return isObject && kind === 'place' ? undefined : true
  }
  return undefined
}

/** The personal values in JSON of a customer, as texts: by the name of their field and by their form. */
export function personalValuesIn(json: Json): string[] {
  const found: string[] = []
  collect(json, undefined, false, found)
  return found
}

function collect(json: Json, parent: string | undefined, isInPlace: boolean, found: string[]): void {
  if (Array.isArray(json)) {
    for (const item of json) collect(item, parent, isInPlace, found)
    return
  }
  if (typeof json === 'string') {
    if (isPersonalText(json)) found.push(json)
    return
  }
  if (typeof json !== 'object' || json === null) return
  const isIdentifier = namesPerson(json)
  for (const [name, value] of Object.entries(json)) {
    if (isPersonalText(name)) found.push(name)
    if (isIdentifier && name === 'value') found.push(...textsIn(value))
    else if (isMaskedField(name, value, parent, isInPlace) === true) found.push(...textsIn(value))
    else collect(value, name, isInPlace || isPlace(name, parent), found)
  }
}

/** Whether an object is an identifier of a personal namespace. */
export function namesPerson({ namespace, value }: JsonObject): boolean {
  return typeof namespace === 'string' && value !== undefined && isPersonalNamespace(namespace)
}

/** Every text and number in a value. */
export function textsIn(value: Json): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [String(value)]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value as JsonObject).flatMap(textsIn)
}

/** Whether what is inside a field is a place. */
export function isPlace(name: string, parent: string | undefined): boolean {
  return fieldKind(name, parent) === 'place'
}

function isThing(parent: string | undefined): boolean {
  const last = parent === undefined ? undefined : wordsOf(parent).at(-1)
  return last !== undefined && (THINGS.has(last) || THINGS.has(last.replace(/s$/, '').replace(/ie$/, 'y')))
}

/** The words of a name: `firstName`, `first_name` and `First name` are the same two. */
function wordsOf(name: string): readonly string[] {
  const known = remembered.get(name)
  if (known !== undefined) return known
  const words = splitWords(name)
  // names come from customers, and there may be any number of them
  if (remembered.size >= NAMES_REMEMBERED_MAX) remembered.clear()
  remembered.set(name, words)
  return words
}

const NAMES_REMEMBERED_MAX = 5_000
const remembered = new Map<string, readonly string[]>()

function splitWords(name: string): string[] {
  return name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replaceAll(/(\p{L})(\p{N})/gu, '$1 $2')
    .toLowerCase()
    .replaceAll(/\be[\s_-]mail/g, 'email')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => (PLURALS.has(word) ? word.slice(0, -1) : word))
}

const PLURALS = new Set([
  ...['emails', 'mails', 'phones', 'telephones', 'names', 'mobiles', 'streets', 'usernames', 'nicknames'],
  ...['locations', 'courriels', 'prenoms', 'ips'],
])
