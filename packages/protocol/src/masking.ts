import { z } from './schema.ts'

/**
 * What stands at a place of an answer, where people may be masked: a text that is hidden; the title of a person; an
 * identifier; JSON of a customer; facts by the names of fields; an event; an event as its text, or that in base64; a
 * condition or filter; one with what decided it; a warning of a condition; a list of values that were found.
 */
export const MASK_KINDS = [
  'hidden',
  'title',
  'identifier',
  'json',
  'event',
  'raw',
  'base64',
  'fields',
  'condition',
  'evidence',
  'warning',
  'values',
  'text',
] as const
export type MaskKind = (typeof MASK_KINDS)[number]

/** What a part of a request asks for: one person; people by a text; the values of a field; a condition or filter. */
export type AskKind = 'person' | 'search' | 'field' | 'condition'

/** How an endpoint that shows people masked to some does so. */
export interface Masking {
  /** what stands where, by path: `profiles[].title`. What is not named is shown unless its form is personal */
  readonly answer: Readonly<Record<string, MaskKind>>
  /** which parts of the request could find out a personal value: `query.search`, `body.condition` */
  readonly asks?: Readonly<Record<string, AskKind>>
}

/** In every answer that may be masked. */
export const masked = z
  .array(z.string())
  .optional()
  .describe(
    'Paths of what is left out, since the role of whoever asks sees people masked; absent: nothing is',
  )

/** The places of a shape that stands in an answer at `path`. */
export function placesAt<Kind>(path: string, places: Readonly<Record<string, Kind>>): Record<string, Kind> {
  return Object.fromEntries(Object.entries(places).map(([place, kind]) => [`${path}.${place}`, kind]))
}
