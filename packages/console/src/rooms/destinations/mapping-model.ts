import type { Mapping } from '@affluent/protocol/delivery-api'
import type { Json } from '@affluent/protocol/event'

/** One field of a payload as its form holds it. */
export interface FieldModel {
  /** stays while the field is edited */
  readonly id: number
  /** where it stands in the payload: names joined by dots */
  readonly name: string
  /** `path`: comes from the event; `value`: is always the same, written as JSON or as plain text */
  readonly kind: 'path' | 'value'
  readonly text: string
}

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
        kind === 'path' ? { path: text } : { value: readConstant(text) },
      ]),
    ),
  }
}

/** The fields of a mapping, in the order in which they stand. */
export function readMapping(mapping: Mapping): FieldModel[] {
  return Object.entries(mapping.fields).map(([name, field], index) => {
    const isPath = 'path' in field
    const text = isPath ? field.path : writeConstant(field.value as Json)
    return { id: index + 1, name, kind: isPath ? 'path' : 'value', text }
  })
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

/** A constant as `readConstant` reads it: a text stands without quotation marks unless it would be taken for something else. */
function writeConstant(value: Json): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  return readConstant(value) === value ? value : JSON.stringify(value)
}
