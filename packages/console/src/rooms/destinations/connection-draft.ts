import type { ConnectionAnswer, Mapping } from '@affluent/protocol/endpoints/connections'
import type { Json } from '@affluent/protocol/event'
import { type FilterModel, isFilterComplete, OPEN_FILTER, readFilter, writeFilter } from './filter-model.ts'
import { areFieldsComplete, type FieldModel, readMapping, writeMapping } from './mapping-model.ts'

/** A connection while it is edited. */
export interface ConnectionDraft {
  /** `source:*`, `source:<slug>` or `audience:<key>`; null: not chosen yet */
  readonly from: string | null
  readonly isFiltered: boolean
  readonly filter: FilterModel
  /** not null: the filter is edited as this text */
  readonly filterJson: string | null
  readonly isMapped: boolean
  readonly fields: readonly FieldModel[]
  /** paths of the whole event without which nothing is sent; the form keeps them as they are */
  readonly requiredPaths: readonly string[]
  readonly sendsMembers: boolean
}

/** What a draft says so far. */
export interface ReadConnection {
  readonly from: ConnectionAnswer['from'] | undefined
  /** undefined: incomplete, or no JSON */
  readonly filter: Json | undefined
  readonly filterFault: string | undefined
  /** undefined: incomplete */
  readonly mapping: Mapping | null | undefined
  readonly required: readonly string[]
}

const FIRST_FIELD: FieldModel = { id: 1, name: '', kind: 'path', text: '', isRequired: false }

/** A new connection. @param audience from which it begins */
export function newConnection(audience: string | undefined): ConnectionDraft {
  return {
    from: audience === undefined ? null : `audience:${audience}`,
    ...{ isFiltered: false, filter: OPEN_FILTER, filterJson: null },
    ...{ isMapped: false, fields: [FIRST_FIELD], requiredPaths: [], sendsMembers: false },
  }
}

/** A draft to change a connection that is there. */
export function draftOfConnection({ from, filter, mapping, required }: ConnectionAnswer): ConnectionDraft {
  const json = (filter ?? null) as Json
  const model = readFilter(json)
  return {
    from: 'audience' in from ? `audience:${from.audience}` : `source:${from.source}`,
    isFiltered: json !== null,
    filter: model ?? OPEN_FILTER,
    filterJson: model === undefined ? pretty(json) : null,
    isMapped: mapping !== null,
    fields: mapping === null ? [FIRST_FIELD] : readMapping(mapping, required),
    requiredPaths: mapping === null ? required : [],
    sendsMembers: false,
  }
}

/** What a draft says, as the API takes it. */
export function readConnectionDraft(draft: ConnectionDraft): ReadConnection {
  const { filter, fault } = readDraftFilter(draft)
  return {
    from: readFrom(draft.from),
    filter,
    filterFault: fault,
    mapping: draft.isMapped
      ? areFieldsComplete(draft.fields)
        ? writeMapping(draft.fields)
        : undefined
      : null,
    required: draft.isMapped
      ? draft.fields.flatMap(({ name, isRequired }) => (isRequired && name !== '' ? [name] : []))
      : draft.requiredPaths,
  }
}

/** The same draft with its filter as JSON. */
export function withFilterJson(draft: ConnectionDraft): ConnectionDraft {
  return { ...draft, filterJson: pretty(writeFilter(draft.filter)) }
}

/** The same draft with its filter in the form; undefined when that cannot show it. */
export function withFilterForm(draft: ConnectionDraft): ConnectionDraft | undefined {
  const { filter } = readDraftFilter({ ...draft, isFiltered: true })
  const model = filter === undefined ? undefined : readFilter(filter)
  return model === undefined ? undefined : { ...draft, filter: model, filterJson: null }
}

function readDraftFilter({ isFiltered, filter, filterJson }: ConnectionDraft): {
  readonly filter: Json | undefined
  readonly fault?: string
} {
  if (!isFiltered) return { filter: null }
  if (filterJson === null) return { filter: isFilterComplete(filter) ? writeFilter(filter) : undefined }
  try {
    return { filter: JSON.parse(filterJson) as Json }
  } catch (error) {
    return { filter: undefined, fault: error instanceof Error ? error.message : String(error) }
  }
}

function readFrom(from: string | null): ConnectionAnswer['from'] | undefined {
  if (from === null) return undefined
  const name = from.slice(from.indexOf(':') + 1)
  return from.startsWith('audience:') ? { audience: name } : { source: name }
}

function pretty(json: Json): string {
  return JSON.stringify(json, undefined, 2)
}
