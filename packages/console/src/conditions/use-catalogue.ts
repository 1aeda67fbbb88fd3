import type {
  CatalogueAnswer,
  PropertiesAnswer,
  ValueKind,
  ValuesAnswer,
} from '@affluent/protocol/endpoints/catalogue'
import { EVENT_TYPES, type EventType } from '@affluent/protocol/event'
import { api } from '../api/request.ts'
import { useGet } from '../api/use-get.ts'
import { useMay } from '../api/use-may.ts'

/** A name or value that has been seen, with how often. */
export interface Suggestion {
  readonly value: string
  readonly count: number
}

/** Where values come from: a trait, or a property of an event. */
export type ValuesOf =
  | { readonly trait: string }
  | { readonly event: string; readonly type: string; readonly property: string }

type Property = PropertiesAnswer['properties'][number]
type SeenValue = ValuesAnswer['values'][number]

const FRESH_MS = 60_000
const NOTHING: readonly never[] = []

/** All names that have been seen in this workspace; undefined until they are known. */
export function useCatalogue(): CatalogueAnswer | undefined {
  return useGet(api('GET /v1/catalogue'), { freshMs: FRESH_MS }).data
}

/** The properties of an event by its name, most frequent first. */
export function useProperties(event: string, type: string): readonly Property[] {
  const { data } = useGet(api('GET /v1/catalogue/properties', { query: { event, type: typeOf(type) } }), {
    enabled: event !== '',
    freshMs: FRESH_MS,
  })
  return data?.properties ?? NOTHING
}

/** Values that begin with what was typed, most frequent first. @param enabled false: does not ask */
export function useValues(of: ValuesOf, prefix: string, enabled: boolean): readonly SeenValue[] {
  const may = useMay('catalogue-values:read')
  const isNamed = 'trait' in of ? of.trait !== '' : of.event !== '' && of.property !== ''
  const named = 'trait' in of ? of : { ...of, type: typeOf(of.type) }
  const { data } = useGet(api('GET /v1/catalogue/values', { query: { ...named, prefix } }), {
    enabled: enabled && isNamed && may,
    freshMs: FRESH_MS,
    keep: true,
  })
  return data?.values ?? NOTHING
}

/** @param type '' stands for any */
function typeOf(type: string): EventType | undefined {
  return EVENT_TYPES.find((one) => one === type)
}

/** What the values of a trait are; nothing when it is not known, or is a part of one. */
export function kindsOfTrait(catalogue: CatalogueAnswer | undefined, trait: string): readonly ValueKind[] {
  return catalogue?.traits.find(({ name }) => name === trait)?.kinds ?? NOTHING
}
