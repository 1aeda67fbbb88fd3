import { foldText } from '@affluent/core/condition/fold-text'
import { foldSql } from '@affluent/core/condition/sql/fold-sql'
import { parsable } from '@affluent/core/condition/sql/json-path-sql'
import { SqlParams } from '@affluent/core/condition/sql/sql-params'
import { TAKEN_AWAY } from '@affluent/core/condition/sql/taken-away'
import { traitValuesSql } from '@affluent/core/condition/sql/trait-sql'
import { rootOf, stepsOf } from '@affluent/core/condition/value-path'
import { joinPath } from '@affluent/core/event/flatten-properties'
import type {
  CatalogueAnswer,
  PropertiesAnswer,
  ValueKind,
  ValuesAnswer,
} from '@affluent/protocol/endpoints/catalogue'
import type { EventType, Json } from '@affluent/protocol/event'
import {
  CATALOGUE_NAMES_MAX,
  CATALOGUE_ROWS_MAX,
  CATALOGUE_TRAIT_DEPTH_MAX,
  CATALOGUE_VALUE_CHARS_MAX,
  CATALOGUE_VALUES_MAX,
} from '@affluent/protocol/limits'
import type { WorkspaceReads } from '../platform/clickhouse/analytical-reads.ts'

/** Events by type and name, most frequent first. */
export async function listEventNames(
  reads: WorkspaceReads,
  workspace: number,
): Promise<CatalogueAnswer['events']> {
  const params = new SqlParams()
  const query = `select type, name, count() as events, toUnixTimestamp64Milli(max(received)) as last from event
    where workspace = ${params.uint(workspace)} group by type, name order by events desc, name limit ${CATALOGUE_NAMES_MAX}`
  const rows = await ask<{ type: EventType; name: string; events: number; last: number }>(
    reads,
    query,
    params,
  )
  return rows.map(({ type, name, events, last }) => ({
    ...{ type, name, count: Number(events) },
    lastSeen: new Date(Number(last)).toISOString(),
  }))
}

/** Traits and what is in them, by the path that conditions write; those of most people first. */
export async function listTraits(
  reads: WorkspaceReads,
  subject: Subject,
): Promise<CatalogueAnswer['traits']> {
  const whole = await listWholeTraits(reads, subject)
  const hasNested = whole.some(({ kinds }) => kinds.includes('object') || kinds.includes('list'))
  const nested = hasNested ? await listNestedTraits(reads, subject) : []
  const byReach = [...whole, ...nested].sort((a, b) => b.profiles - a.profiles || (a.name < b.name ? -1 : 1))
  return byReach.slice(0, CATALOGUE_NAMES_MAX)
}

async function listWholeTraits(
  reads: WorkspaceReads,
  { workspace }: Subject,
): Promise<CatalogueAnswer['traits']> {
  const params = new SqlParams()
  const query = `select name, uniqCombined(${OWNER}) as profiles, groupUniqArray(kind) as kinds
    from (select name, fragment, kind from trait where workspace = ${params.uint(workspace)} and kind != 0) as fact
    any left join ${movedSql(workspace, params)} on moved.fragment = fact.fragment
    group by name order by profiles desc, name limit ${CATALOGUE_NAMES_MAX}`
  return toTraits(await ask<TraitNameRow>(reads, query, params), joinPath)
}

/**
 * What is inside objects, and inside lists of objects, as many levels deep as the catalogue goes; where there are many,
 * of a sample of people.
 */
async function listNestedTraits(reads: WorkspaceReads, subject: Subject): Promise<CatalogueAnswer['traits']> {
  const params = new SqlParams()
  const own = `workspace = ${params.uint(subject.workspace)} and kind in (5, 6)`
  const sample = await sampleOf(reads, 'trait', own, subject, params)
  const levels = Array.from({ length: CATALOGUE_TRAIT_DEPTH_MAX - 1 }, (_, index) => `level${index + 1}`)
  const query = `with ${levels.map((name, index) => `${insideSql(index === 0 ? `[(${escapedSql('name')}, json)]` : `level${index}`)} as ${name}`).join(',\n')}
    select name, uniqCombined(${OWNER}) as profiles, groupUniqArray(kind) as kinds from (
      select fragment, part.1 as name, ${jsonKindSql('part.2')} as kind from (
        select fragment, arrayJoin(arrayDistinct(arrayConcat(${levels.join(', ')}))) as part from trait where ${own} and ${sample.test})
      where part.2 != 'null') as fact
    any left join ${movedSql(subject.workspace, params)} on moved.fragment = fact.fragment
    group by name order by profiles desc, name limit ${CATALOGUE_NAMES_MAX}`
  return toTraits(await ask<TraitNameRow>(reads, query, params), (_, name) => name)
}

interface TraitNameRow {
  readonly name: string
  readonly profiles: number
  readonly kinds: readonly number[]
}

function toTraits(
  rows: readonly TraitNameRow[],
  pathOf: (outer: string, name: string) => string,
): CatalogueAnswer['traits'] {
  return rows.map(({ name, profiles, kinds }) => ({
    name: pathOf('', name),
    profiles: Number(profiles),
    kinds: distinct(kinds.flatMap((kind) => TRAIT_KINDS[kind] ?? [])),
  }))
}

/**
 * One level further in.
 * @param parts SQL of a list of (path, JSON)
 * @returns SQL of the keys of those that are objects, and of the keys of the objects in those that are lists
 */
function insideSql(parts: string): string {
  const keysOf = (path: string, json: string) =>
    `arrayMap(pair -> (concat(${path}, '.', ${escapedSql('pair.1')}), pair.2), JSONExtractKeysAndValuesRaw(${json}))`
  const elements = `arrayFilter(element -> startsWith(element, '{'), JSONExtractArrayRaw(${parsable('outer.2', {})}))`
  return `arrayFlatten(arrayMap(outer -> multiIf(
    startsWith(outer.2, '{'), ${keysOf('outer.1', parsable('outer.2', {}))},
    startsWith(outer.2, '['), arrayFlatten(arrayMap(element -> ${keysOf(`concat(outer.1, '[]')`, 'element')}, ${elements})),
    []), ${parts}))`
}

/** A key as paths write it. */
function escapedSql(key: string): string {
  return `replaceRegexpAll(${key}, '([.\\\\\\[])', '\\\\\\\\\\1')`
}

/** The kind of a JSON value, in the numbers of `TRAIT_KINDS`. */
function jsonKindSql(json: string): string {
  const starts = (begin: string, kind: number) => `startsWith(${json}, '${begin}'), ${kind}`
  return `multiIf(${starts('"', 2)}, ${starts('f', 3)}, ${starts('t', 4)}, ${starts('[', 5)}, ${starts('{', 6)}, 1)`
}

/** Namespaces, those of most people first. */
export async function listNamespacesInUse(
  reads: WorkspaceReads,
  workspace: number,
): Promise<CatalogueAnswer['identifiers']> {
  const params = new SqlParams()
  const query = `select namespace, uniqCombined(${OWNER}) as profiles
    from (select namespace, fragment from identifier where workspace = ${params.uint(workspace)} and fragment != 0 and namespace != '${TAKEN_AWAY}') as fact
    any left join ${movedSql(workspace, params)} on moved.fragment = fact.fragment
    group by namespace order by profiles desc, namespace limit ${CATALOGUE_NAMES_MAX}`
  const rows = await ask<{ namespace: string; profiles: number }>(reads, query, params)
  return rows.map(({ namespace, profiles }) => ({ namespace, profiles: Number(profiles) }))
}

/** Which rows a question about one event or trait is about, and how many people there are to sample. */
export interface Subject {
  readonly workspace: number
  /** number of the fragment that was made last */
  readonly lastFragment: number
  /** position up to which all is in ClickHouse */
  readonly loaded: number
}

/** Properties of one event, most frequent first. */
export async function listProperties(
  reads: WorkspaceReads,
  subject: Subject,
  event: { readonly name: string; readonly type: EventType | undefined },
): Promise<Omit<PropertiesAnswer, 'asOf'>> {
  const params = new SqlParams()
  const own = eventTests(subject, event, params)
  const sample = await sampleOf(reads, 'event', own, subject, params)
  const found = PROPERTY_COLUMNS.map(
    ([column], kind) => `arrayMap(path -> (toString(path), ${kind}), ${column}.keys)`,
  )
  const query = `select found.1 as path, found.2 as kind, count() as events
    from (select arrayJoin(arrayConcat(${found.join(', ')})) as found from event where ${own} and ${sample.test})
    group by path, kind order by events desc, path limit ${CATALOGUE_NAMES_MAX}`
  const rows = await ask<{ path: string; kind: number; events: number }>(reads, query, params)
  const paths = new Map<string, { kinds: ValueKind[]; count: number }>()
  for (const { path, kind, events } of rows) {
    const known = paths.get(path) ?? { kinds: [], count: 0 }
    const [, name] = PROPERTY_COLUMNS[kind] ?? []
    paths.set(path, {
      kinds: name === undefined ? known.kinds : [...known.kinds, name],
      count: known.count + Number(events),
    })
  }
  const properties = [...paths].map(([path, { kinds, count }]) => ({ path, kinds, count }))
  return { properties: properties.sort((a, b) => b.count - a.count), sampled: sample.isPart }
}

/** Values of one property of an event, most frequent first. */
export async function listPropertyValues(
  reads: WorkspaceReads,
  subject: Subject,
  event: { readonly name: string; readonly type: EventType | undefined; readonly property: string },
  prefix: string,
): Promise<Omit<ValuesAnswer, 'asOf'>> {
  const params = new SqlParams()
  const own = eventTests(subject, event, params)
  const sample = await sampleOf(reads, 'event', own, subject, params)
  // the elements of an outermost array stand under the path of the array itself
  const path = params.text(event.property)
  const listPath = params.text(event.property.replace(/\[\]$/, ''))
  const rows = `select arrayJoin(arrayConcat(
      if(mapContains(num, ${path}), [(1, num[${path}], '')], []),
      if(mapContains(text, ${path}), [(2, toFloat64(0), text[${path}])], []),
      if(mapContains(flag, ${path}), [(3, toFloat64(flag[${path}]), '')], []),
      arrayMap(element -> (4, toFloat64(0), element), if(mapContains(list, ${path}), list[${path}], list[${listPath}])))) as value
    from event where ${own} and ${sample.test}`
  return { values: await topValues(reads, rows, prefix, params), sampled: sample.isPart }
}

/** Values of one trait as people have it now, most frequent first. */
export async function listTraitValues(
  reads: WorkspaceReads,
  subject: Subject,
  trait: string,
  prefix: string,
): Promise<Omit<ValuesAnswer, 'asOf'>> {
  const params = new SqlParams()
  const isWhole = !isNestedPath(trait)
  const own = `workspace = ${params.uint(subject.workspace)} and name = ${params.text(rootOf(trait))}`
  const sample = await sampleOf(reads, 'trait', own, subject, params)
  const nested = `arrayMap(element -> (4, toFloat64(0), element), ${traitValuesSql(trait, { now: 0, zone: 'UTC', params })})`
  const whole = `multiIf(
      newest.1 = 1, [(1, newest.2, '')],
      newest.1 = 2, [(2, toFloat64(0), newest.3)],
      newest.1 in (3, 4), [(3, toFloat64(newest.1 = 4), '')],
      newest.1 = 5, arrayMap(element -> (4, toFloat64(0), element), JSONExtractArrayRaw(newest.4)),
      [])`
  const rows = `select arrayJoin(${isWhole ? whole : nested}) as value
    from (select newest, newest.1 as kind, newest.4 as json from (
      select argMax((kind, num, text, json), ${WORD_ORDER}) as newest
      from (select fragment, kind, num, text, json, time, position, once from trait where ${own} and ${sample.test} and time <= now64(3)) as fact
      any left join ${movedSql(subject.workspace, params)} on moved.fragment = fact.fragment
      group by ${OWNER}))`
  return { values: await topValues(reads, rows, prefix, params), sampled: sample.isPart }
}

/** Whether a path goes into a trait. */
function isNestedPath(path: string): boolean {
  const steps = stepsOf(path)
  return steps.length > 1 || Boolean(steps[0]?.each)
}

/** Of the words on a trait the greatest stands: the newest that was set, else the earliest first-touch value. */
const WORD_ORDER =
  '(once = 0, if(once = 0, 1, -1) * toUnixTimestamp64Milli(time), if(once = 0, 1, -1) * toInt64(position))'

/** Columns of properties in the order in which questions number them. */
const PROPERTY_COLUMNS: readonly (readonly [column: string, kind: ValueKind])[] = [
  ['num', 'number'],
  ['text', 'text'],
  ['flag', 'boolean'],
  ['list', 'list'],
]

/** By the kind of a row of `trait`; 0 is a deletion. */
const TRAIT_KINDS: Readonly<Record<number, ValueKind>> = {
  1: 'number',
  2: 'text',
  3: 'boolean',
  4: 'boolean',
  5: 'list',
  6: 'object',
}

const OWNER = 'if(moved.profile = 0, fact.fragment, moved.profile)'

function movedSql(workspace: number, params: SqlParams): string {
  return `(select fragment, argMax(profile_map.profile, profile_map.position) as profile from profile_map
    where profile_map.workspace = ${params.uint(workspace)} group by fragment) as moved`
}

function eventTests(
  { workspace }: Subject,
  { name, type }: { readonly name: string; readonly type: EventType | undefined },
  params: SqlParams,
): string {
  const ofType = type === undefined ? '' : ` and type = ${params.text(type)}`
  return `workspace = ${params.uint(workspace)} and name = ${params.text(name)}${ofType}`
}

/** Stripes of fragments that a sample is made of: fragments are numbered by age, so they are spread over all. */
const STRIPES = 20
/** Rows that are looked at whoever they are of, so that what is new is seen at once. */
const NEWEST_POSITIONS = 20_000

/**
 * Which rows to read when there are too many: those of some people, found by the order of the table, and the newest.
 * @param own SQL of the rows in question
 */
async function sampleOf(
  reads: WorkspaceReads,
  table: 'event' | 'trait',
  own: string,
  { lastFragment, loaded }: Subject,
  params: SqlParams,
): Promise<{ readonly test: string; readonly isPart: boolean }> {
  const [counted] = await ask<{ rows: number }>(
    reads,
    `select count() as rows from ${table} where ${own}`,
    params,
  )
  const rows = Number(counted?.rows ?? 0)
  if (rows <= CATALOGUE_ROWS_MAX) return { test: '1', isPart: false }
  const share = CATALOGUE_ROWS_MAX / rows
  const width = Math.max(1, Math.floor((lastFragment * share) / STRIPES))
  const stripes = Array.from({ length: STRIPES }, (_, index) => {
    const from = Math.floor((lastFragment * index) / STRIPES)
    return `fragment between ${from} and ${from + width - 1}`
  })
  return {
    test: `(${stripes.join(' or ')} or position > ${Math.max(0, loaded - NEWEST_POSITIONS)})`,
    isPart: true,
  }
}

interface ValueRow {
  readonly kind: number
  readonly number: number
  readonly text: string
  readonly count: number
}

/**
 * @param rows SQL with a column `value`: kind (1 number, 2 text, 3 boolean, 4 a JSON scalar of a list), number, text
 */
async function topValues(
  reads: WorkspaceReads,
  rows: string,
  prefix: string,
  params: SqlParams,
): Promise<ValuesAnswer['values']> {
  const plain = `if(value.1 = 4 and startsWith(value.3, '"'), JSONExtractString(concat('[', value.3, ']'), 1), if(value.1 = 1, toString(value.2), if(value.1 = 3, if(value.2 = 1, 'true', 'false'), value.3)))`
  const wanted = foldText(prefix)
  const test = prefix === '' ? '1' : `startsWith(${foldSql(plain, [wanted], params)}, ${params.text(wanted)})`
  const query = `select value.1 as kind, value.2 as number, value.3 as text, count() as count from (${rows})
    where lengthUTF8(value.3) <= ${CATALOGUE_VALUE_CHARS_MAX} and ${test}
    group by value order by count desc, text, number limit ${CATALOGUE_VALUES_MAX}`
  const found = await ask<ValueRow>(reads, query, params)
  return found.flatMap((row) => {
    const value = toValue(row)
    const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    return isScalar ? [{ value, count: Number(row.count) }] : []
  })
}

function toValue({ kind, number, text }: ValueRow): Json {
  if (kind === 1) return number
  if (kind === 2) return text
  if (kind === 3) return number === 1
  return JSON.parse(text) as Json
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)]
}

function ask<Row>(reads: WorkspaceReads, query: string, params: SqlParams): Promise<Row[]> {
  return reads.ask<Row>({ query, params: params.values })
}
