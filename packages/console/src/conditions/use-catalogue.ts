import type {
  CatalogueAnswer,
  PropertiesAnswer,
  ValueKind,
  ValuesAnswer,
} from '@affluent/protocol/catalogue-api'
import { address } from '../api/address.ts'
import { useGet } from '../api/use-get.ts'

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
  return useGet<CatalogueAnswer>('/v1/catalogue', { freshMs: FRESH_MS }).data
}

/** The properties of an event by its name, most frequent first. */
export function useProperties(event: string, type: string): readonly Property[] {
  const path = address('/v1/catalogue/properties', { event, type })
  const { data } = useGet<PropertiesAnswer>(path, { enabled: event !== '', freshMs: FRESH_MS })
  return data?.properties ?? NOTHING
}

/** Values that begin with what was typed, most frequent first. @param enabled false: does not ask */
export function useValues(of: ValuesOf, prefix: string, enabled: boolean): readonly SeenValue[] {
  const path = address('/v1/catalogue/values', { ...of, prefix })
  const isNamed = 'trait' in of ? of.trait !== '' : of.event !== '' && of.property !== ''
  const { data } = useGet<ValuesAnswer>(path, { enabled: enabled && isNamed, freshMs: FRESH_MS, keep: true })
  return data?.values ?? NOTHING
}

/** What the values of a trait are; nothing when it is not known, or is a part of one. */
export function kindsOfTrait(catalogue: CatalogueAnswer | undefined, trait: string): readonly ValueKind[] {
  return catalogue?.traits.find(({ name }) => name === trait)?.kinds ?? NOTHING
}
