import type { Json, JsonObject } from '@affluent/protocol/event'
import type { Masking, MaskKind } from '@affluent/protocol/masking'
import { asksPersonalValue, fieldOf, joinField, namesPersonalField } from './asks-personal.ts'
import { isNestedTooDeep } from './is-nested-too-deep.ts'
import {
  isMaskedField,
  isPersonalNamespace,
  isPersonalPath,
  isPersonalText,
  isPlace,
  namesPerson,
  personalValuesIn,
  QUOTED_FORMS,
} from './personal-field.ts'
import { PersonalValues } from './personal-values.ts'

/** Reads and writes what core cannot: base64. */
export interface Base64 {
  /** undefined: it is no text */
  decode(base64: string): string | undefined
  encode(text: string): string
}

/**
 * An answer without what is personal. Personal values are left out wherever they stand, also where the same value
 * stands under another name; where the shape of the answer needs a text it is empty, and the paths of all of them are
 * listed in `masked`.
 * @param masking of the endpoint
 */
export function maskAnswer(answer: JsonObject, masking: Masking, base64: Base64): JsonObject {
  const tree = treeOf(masking)
  const values = new PersonalValues()
  note(answer, tree, values, base64)
  const masker = new Masker(values, base64)
  const whole = masker.place(answer, tree, '') as JsonObject
  return { ...whole, masked: masker.masked }
}

/** The declaration of an answer as a tree of names; `[]` stands for every element. */
interface Place {
  kind: MaskKind | undefined
  readonly inside: Map<string, Place>
}

function treeOf({ answer }: Masking): Place {
  const root: Place = { kind: undefined, inside: new Map() }
  for (const [path, kind] of Object.entries(answer)) {
    let place = root
    for (const step of path.replaceAll('[]', '.[]').split('.')) {
      const next = place.inside.get(step) ?? { kind: undefined, inside: new Map() }
      place.inside.set(step, next)
      place = next
    }
    place.kind = kind
  }
  return root
}

/** Gathers the personal values of an answer. */
function note(value: unknown, place: Place, values: PersonalValues, base64: Base64): void {
  if (value === null || value === undefined) return
  if (place.kind !== undefined) {
    for (const text of valuesAt(value as Json, place.kind, base64)) values.add(text)
    return
  }
  if (Array.isArray(value)) {
    const element = place.inside.get('[]')
    if (element !== undefined) for (const item of value) note(item, element, values, base64)
    return
  }
  if (typeof value !== 'object') return
  for (const [name, inner] of place.inside) note((value as JsonObject)[name], inner, values, base64)
}

function valuesAt(value: Json, kind: MaskKind, base64: Base64): string[] {
  switch (kind) {
    case 'json':
    case 'event':
      return personalValuesIn(kind === 'event' ? saidIn(value) : value)
    case 'raw':
    case 'base64': {
      const read = typeof value === 'string' ? readRaw(value, kind, base64) : undefined
      return read === undefined ? [] : personalValuesIn(saidIn(read))
    }
    case 'identifier': {
      const { namespace, value: id } = value as { namespace?: Json; value?: Json }
      return typeof namespace === 'string' && typeof id === 'string' && isPersonalNamespace(namespace)
        ? [id]
        : []
    }
    case 'title':
      // one word may be an identifier that names nobody
      return typeof value === 'string' && (/\s/.test(value.trim()) || isPersonalText(value)) ? [value] : []
    case 'hidden':
    case 'fields':
    case 'condition':
    case 'evidence':
    case 'warning':
    case 'values':
    case 'text':
      return []
  }
}

/** What every event has, and says nothing of anybody. */
const OWN = [
  'type',
  'messageId',
  'timestamp',
  'receivedAt',
  'sentAt',
  'originalTimestamp',
  'position',
  'source',
]

/** An event as what is its own, and what the customer said. */
function partsOf(event: JsonObject): { readonly own: JsonObject; readonly rest: JsonObject } {
  const isOwn = ([name, value]: [string, Json]) =>
    OWN.includes(name) && (typeof value === 'number' || (typeof value === 'string' && !isPersonalText(value)))
  const entries = Object.entries(event)
  const rest = entries.filter((entry) => !isOwn(entry) && !(entry[0] === 'name' && hasOwnName(event)))
  return { own: Object.fromEntries(entries.filter(isOwn)), rest: Object.fromEntries(rest) }
}

/** What a customer said in an event, without the name of a page or a screen, which is no person's. */
function saidIn(event: Json): Json {
  const isObject = typeof event === 'object' && event !== null && !Array.isArray(event)
  return isObject ? partsOf(event).rest : event
}

function hasOwnName({ type, name }: JsonObject): boolean {
  return (type === 'page' || type === 'screen') && typeof name === 'string' && !isPersonalText(name)
}

function readRaw(text: string, kind: 'raw' | 'base64', base64: Base64): Json | undefined {
  try {
    const json = kind === 'raw' ? text : base64.decode(text)
    if (json === undefined || isNestedTooDeep(json)) return undefined
    const read = JSON.parse(json) as Json
    return typeof read === 'object' && read !== null ? read : undefined
  } catch {
    return undefined
  }
}

/** Writes an answer without its personal values, and remembers where they were. */
class Masker {
  readonly masked: string[] = []
  readonly #values: PersonalValues
  readonly #base64: Base64

  constructor(values: PersonalValues, base64: Base64) {
    this.#values = values
    this.#base64 = base64
  }

  place(value: unknown, { kind, inside }: Place, path: string): unknown {
    if (value === null || value === undefined) return value
    if (kind !== undefined) return this.#kind(value as Json, kind, path)
    if (typeof value === 'string') return isPersonalText(value) ? this.#left(path, '') : value
    if (Array.isArray(value)) {
      const element = inside.get('[]') ?? NOTHING_SAID
      return value.map((item, index) => this.place(item, element, join(path, index)))
    }
    if (typeof value !== 'object') return value
    const object = value as JsonObject
    const written = Object.entries(object).map(([name, inner]) => {
      const place = inside.get(name) ?? NOTHING_SAID
      const at = join(path, name)
      if (place.kind === 'title') return [name, this.#title(inner, object, at)]
      return [name, this.place(inner, place, at)]
    })
    return Object.fromEntries(written)
  }

  #kind(value: Json, kind: MaskKind, path: string): Json | undefined {
    switch (kind) {
      case 'hidden':
        return this.#hidden(value, path)
      case 'text':
        return typeof value === 'string' ? this.#text(value, path) : value
      case 'title':
        return this.#title(value, {}, path)
      case 'identifier':
        return this.#identifier(value as JsonObject, path)
      case 'json':
        return this.#json(value, undefined, false, path) ?? null
      case 'event':
        return this.#event(value, path)
      case 'raw':
      case 'base64':
        return this.#raw(value, kind, path)
      case 'fields':
        return this.#fields(value as JsonObject, path)
      case 'condition':
        return this.#condition(value, '', path)
      case 'evidence':
        return this.#evidence(value as JsonObject, path)
      case 'warning':
        return this.#warning(value as JsonObject, path)
      case 'values':
        return (value as JsonObject[]).filter(({ value: found }) => !this.#isPersonal(found ?? null))
    }
  }

  #left<T extends Json>(path: string, instead: T): T {
    this.masked.push(path)
    return instead
  }

  /** What the shape of the answer takes for nothing. */
  #hidden(value: Json, path: string): Json {
    if (Array.isArray(value)) return value.length === 0 ? value : this.#left(path, [])
    if (typeof value === 'object' && value !== null)
      return Object.keys(value).length === 0 ? value : this.#left(path, {})
    return value === '' ? value : this.#left(path, '')
  }

  #text(text: string, path: string): string {
    return this.#isPersonal(text) ? this.#left(path, '') : text
  }

  /** Whoever has no name that may be seen is called by the id, where there is one beside. */
  #title(title: Json | undefined, { id }: JsonObject, path: string): Json {
    const instead = typeof id === 'string' ? id : ''
    if (title === undefined || title === null || title === instead) return title ?? null
    return this.#left(path, instead)
  }

  #identifier(identifier: JsonObject, path: string): JsonObject {
    const { namespace, value } = identifier
    const isPersonal =
      (typeof namespace === 'string' && isPersonalNamespace(namespace)) || this.#isPersonal(value ?? null)
    return isPersonal ? { ...identifier, value: this.#left(join(path, 'value'), '') } : identifier
  }

  #isPersonal(value: Json): boolean {
    if (typeof value === 'number') return this.#values.areIn(String(value))
    return typeof value === 'string' && (isPersonalText(value) || this.#values.areIn(value))
  }

  /** JSON of a customer; undefined: it is left out, and was noted. */
  #json(value: Json, parent: string | undefined, isInPlace: boolean, path: string): Json | undefined {
    if (typeof value === 'string' || typeof value === 'number') {
      if (!this.#isPersonal(value)) return value
      this.masked.push(path)
      return undefined
    }
    if (Array.isArray(value))
      return value.flatMap((item, index) => this.#json(item, parent, isInPlace, join(path, index)) ?? [])
    if (typeof value !== 'object' || value === null) return value
    const kept: [string, Json][] = []
    const isIdentifier = namesPerson(value)
    for (const [name, inner] of Object.entries(value)) {
      const isNamePersonal = this.#isPersonal(name)
      // a name that is a personal value itself is not told
      const at = join(path, isNamePersonal ? '*' : name)
      if (
        isNamePersonal ||
        (isIdentifier && name === 'value') ||
        isMaskedField(name, inner, parent, isInPlace) === true
      ) {
        this.masked.push(at)
        continue
      }
      const shown = this.#json(inner, name, isInPlace || isPlace(name, parent), at)
      if (shown !== undefined) kept.push([name, shown])
    }
    return Object.fromEntries(kept)
  }

  /** Of names that are personal values themselves nothing is told. */
  #fields(facts: JsonObject, path: string): JsonObject {
    const isShown = ([name]: [string, Json]) => !this.#isPersonal(name)
    const kept = Object.entries(facts).filter(isShown)
    return kept.length === Object.keys(facts).length
      ? facts
      : this.#left(join(path, '*'), Object.fromEntries(kept))
  }

  #event(value: Json, path: string): Json {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return this.#json(value, undefined, false, path) ?? null
    const { own, rest } = partsOf(value)
    const shown = this.#json(rest, undefined, false, path) as JsonObject
    const name = value['name']
    if (!hasOwnName(value) || typeof name !== 'string') return { ...own, ...shown }
    return { ...own, name: this.#text(name, join(path, 'name')), ...shown }
  }

  #raw(value: Json, kind: 'raw' | 'base64', path: string): Json {
    const read = typeof value === 'string' ? readRaw(value, kind, this.#base64) : undefined
    if (read === undefined) return this.#left(path, null)
    const before = this.masked.length
    const shown = JSON.stringify(this.#event(read, path))
    // as it came, where nothing is left out
    if (this.masked.length === before) return value
    return kind === 'raw' ? shown : this.#base64.encode(shown)
  }

  /** Without the values that personal fields are compared with. */
  #condition(value: Json, under: string, path: string): Json {
    if (Array.isArray(value))
      return value.map((item, index) => this.#condition(item, under, join(path, index)))
    if (typeof value === 'string') return this.#text(value, path)
    if (typeof value !== 'object' || value === null) return value
    const field = fieldOf(value)
    const isPersonal = field !== undefined && isPersonalPath(joinField(under, field))
    const inside = typeof value['each'] === 'string' ? joinField(under, value['each']) : under
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, inner]) => {
        const at = join(path, name)
        const isLeft = name === 'value' && (isPersonal || asksPersonalValue({ value: inner }))
        if (isLeft) this.masked.push(at)
        return isLeft ? [] : [[name, this.#condition(inner, inside, at)]]
      }),
    )
  }

  /** A condition with the values that decided it, which are those of its field. */
  #evidence(evidence: JsonObject, path: string): JsonObject {
    const { leaf = null, because = null } = evidence
    const shown = { ...evidence, leaf: this.#condition(leaf, '', join(path, 'leaf')) }
    const at = join(path, 'because')
    const isPersonal = namesPersonalField(leaf)
    return {
      ...shown,
      because: isPersonal ? this.#hidden(because, at) : (this.#json(because, undefined, false, at) ?? {}),
    }
  }

  /** What was meant instead of a value that nobody has is somebody's value. */
  #warning(warning: JsonObject, path: string): JsonObject {
    if (warning['code'] !== 'unknown_value') return warning
    const { name } = warning
    const shown = typeof name === 'string' ? this.#text(name, join(path, 'name')) : (name ?? null)
    this.masked.push(join(path, 'nearest'))
    return { ...warning, name: shown, nearest: null, message: 'This value has never been seen here.' }
  }
}

const NOTHING_SAID: Place = { kind: undefined, inside: new Map() }

/** JSON of a customer without what is personal, for what is made of it. */
export function maskJson(json: JsonObject): JsonObject {
  const place: Place = { kind: 'event', inside: new Map() }
  const values = new PersonalValues()
  note(json, place, values, NO_BASE64)
  return new Masker(values, NO_BASE64).place(json, place, '') as JsonObject
}

const NO_BASE64: Base64 = { decode: () => undefined, encode: () => '' }

/** A message without the personal values that it quotes. */
export function maskMessage(message: string): string {
  return isPersonalText(message)
    ? QUOTED_FORMS.reduce((text, form) => text.replaceAll(form, '...'), message)
    : message
}

function join(path: string, step: string | number): string {
  return path === '' ? String(step) : `${path}.${step}`
}
