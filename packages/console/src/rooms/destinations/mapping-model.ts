import type { Mapping } from '@affluent/protocol/endpoints/connections'
import type { Json } from '@affluent/protocol/event'

/** One field of a payload as its form holds it. */
export interface FieldModel {
  /** stays while the field is edited */
  readonly id: number
  /** where it stands in the payload: names joined by dots */
  readonly name: string
  /**
   * `path`: comes from the event; `trait`: from the person; `value`: is always the same, written as JSON or as plain
   * text
   */
  readonly kind: FieldKind
  readonly text: string
  /** without a value for it nothing is sent */
  readonly isRequired: boolean
}

export const FIELD_KINDS = ['path', 'trait', 'value'] as const
export type FieldKind = (typeof FIELD_KINDS)[number]

/** Whether nothing is missing, and no two fields want the same place. */
export function areFieldsComplete(fields: readonly FieldModel[]): boolean {
  const names = fields.map(({ name }) => name)
  const areNamed = fields.every(({ name, kind, text }) => name !== '' && (kind === 'value' || text !== ''))
  return fields.length > 0 && areNamed && new Set(names).size === names.length
}

/** The mapping as the API takes it; incomplete fields are left out; null when none is left. */
export function writeMapping(fields: readonly FieldModel[]): Mapping | null {
  const whole = fields.filter(({ name, kind, text }) => name !== '' && (kind === 'value' || text !== ''))
  if (whole.length === 0) return null
  return {
    fields: Object.fromEntries(
      whole.map(({ name, kind, text }) => [
        name,
        kind === 'value'
          ? { value: readConstant(text) }
          : kind === 'trait'
            ? { trait: text }
            : { path: text },
      ]),
    ),
  }
}

/**
 * The fields of a mapping, in the order in which they stand. @param required names of those without which nothing is
 * sent
 */
export function readMapping(mapping: Mapping, required: readonly string[] = []): FieldModel[] {
  return Object.entries(mapping.fields).map(([name, field], index) => ({
    ...{ id: index + 1, name, isRequired: required.includes(name) },
    ...readOrigin(field),
  }))
}

function readOrigin(field: Mapping['fields'][string]): Pick<FieldModel, 'kind' | 'text'> {
  if ('path' in field) return { kind: 'path', text: field.path }
  if ('trait' in field) return { kind: 'trait', text: field.trait }
  // the origins that come later are in no mapping yet
  return { kind: 'value', text: writeConstant('value' in field ? (field.value as Json) : null) }
}

/** The lowest id that no field has. */
export function nextFieldId(fields: readonly FieldModel[]): number {
  return Math.max(0, ...fields.map(({ id }) => id)) + 1
}

/** A constant as it was typed: JSON where it is some, else the text itself. */
function readConstant(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}

/**
 * A constant as `readConstant` reads it: a text stands without quotation marks unless it would be taken for something
 * else.
 */
function writeConstant(value: Json): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  return readConstant(value) === value ? value : JSON.stringify(value)
}
