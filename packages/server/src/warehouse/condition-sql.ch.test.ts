import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { ConditionError } from '@affluent/core/condition/condition-error'
import { leavesOf } from '@affluent/core/condition/condition-tree'
import { scaled } from '@affluent/core/condition/exact-sum'
import { foldText } from '@affluent/core/condition/fold-text'
import { operators } from '@affluent/core/condition/operators/operators'
import { parseCondition } from '@affluent/core/condition/parse-condition'
import { foldSql } from '@affluent/core/condition/sql/fold-sql'
import { instantSql } from '@affluent/core/condition/sql/instant-sql'
import { matchingEventsSql } from '@affluent/core/condition/sql/matching-events-sql'
import { membersSql } from '@affluent/core/condition/sql/members-sql'
import { ROW_FLAGS } from '@affluent/core/condition/sql/row-flags'
import { scaledSql } from '@affluent/core/condition/sql/scaled-sql'
import { readSeriesRow, seriesSql } from '@affluent/core/condition/sql/series-sql'
import { SqlParams } from '@affluent/core/condition/sql/sql-params'
import type { SqlQuery, SqlQuestion } from '@affluent/core/condition/sql/sql-query'
import { typedJsonSql } from '@affluent/core/condition/sql/typed-sql'
import {
  arbitraryAggregateLeaf,
  arbitraryCondition,
  arbitraryCountLeaf,
  arbitraryTraitLeaf,
} from '@affluent/core/condition/testing/arbitrary-condition'
import {
  type Arrival,
  arbitraryHistory,
  type History,
} from '@affluent/core/condition/testing/arbitrary-history'
import {
  arbitraryNumber,
  arbitraryText,
  DATES,
  MOMENT,
} from '@affluent/core/condition/testing/awkward-values'
import { coldAnswer, type PlainEvent, type PlainPerson } from '@affluent/core/condition/testing/cold-answer'
import { catalogOf, LivePeople } from '@affluent/core/condition/testing/live-people'
import { boundsAt } from '@affluent/core/condition/window'
import { parseInstant } from '@affluent/core/event/event-time'
import { flattenProperties } from '@affluent/core/event/flatten-properties'
import { DEFAULT_IDENTITY_RULES } from '@affluent/core/identity/namespaces'
import type { Condition, EachTest, Leaf, PropertyTest } from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { IDENTIFIER_COLUMNS, IdentifierRows } from '../identity/identifier-table.ts'
import { PROFILE_MAP_COLUMNS, ProfileMapRows } from '../identity/profile-map-table.ts'
import { createAnalyticalTables } from '../platform/clickhouse/analytical-table.ts'
import { RowWriter } from '../platform/clickhouse/row-writer.ts'
import { type ClickHouseEngine, startClickHouse } from '../platform/engines/clickhouse/start-clickhouse.ts'
import { ANALYTICAL_TABLES } from '../processor/facts.ts'
import { TRAIT_COLUMNS, TraitRows } from '../profiles/trait-table.ts'
import { EVENT_COLUMNS, EventRows } from './event-table.ts'

const WORKSPACE = 3
const FIXED_WORKSPACE = 4
const PEOPLE = 300
const SERIES_AT_ONCE = 10
const CONDITIONS = Number(process.env['CONDITION_CASES'] ?? 32)
const ZONE = 'Europe/Paris'
const rules = DEFAULT_IDENTITY_RULES
const DAY = 86_400_000

let root: string
let engine: ClickHouseEngine

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'affluent-test-'))
  engine = await startClickHouse({ dataDir: join(root, 'clickhouse'), log: () => {} })
  await createAnalyticalTables(engine.client, ANALYTICAL_TABLES)
  world = makeWorld(fc.sample(arbitraryHistory(26, 4), { numRuns: PEOPLE, seed }))
  await load(world)
})
afterAll(async () => {
  await engine?.stop()
  await rm(root, { recursive: true, force: true })
})

/** A step of the log about a fragment. */
interface Step extends Arrival {
  readonly id: number
}

interface Move {
  readonly fragment: number
  readonly profile: number
  readonly position: number
}

interface Owned {
  readonly fragment: number
  readonly namespace: string
  readonly identifier: number
  readonly position: number
}

/** Many lives in one log. */
interface World {
  readonly steps: readonly Step[]
  readonly moves: readonly Move[]
  readonly owned: readonly Owned[]
}

/**
 * Three fragments for each history: the second and the third join the first some day, or leave it again, or never do.
 */
function makeWorld(histories: readonly History[]): World {
  const fragmentOf = (person: number, index: number) => 1 + person * 3 + index
  const all = histories.flatMap(({ arrivals }, person) =>
    arrivals.map((arrival) => ({ ...arrival, id: fragmentOf(person, arrival.fragment) })),
  )
  const steps = all
    .sort((a, b) => a.clock - b.clock || a.id - b.id || a.position - b.position)
    .map((step, index) => atPosition(step, 10 + index * 2))
  const end = 10 + steps.length * 2
  const moves: Move[] = []
  const owned: Owned[] = []
  for (const [person, { namespaces }] of histories.entries()) {
    const profile = fragmentOf(person, 0)
    let both = 0
    for (const [index, names] of namespaces.entries()) {
      const fragment = fragmentOf(person, index)
      const first = steps.find(({ id }) => id === fragment)?.position ?? 10 + ((fragment * 7919) % end)
      for (const [place, namespace] of names.entries()) {
        const later = place === 0 ? 0 : (fragment * 31) % 4000
        owned.push({ fragment, namespace, identifier: fragment * 5 + place, position: first + later })
      }
      // both are there before they join
      both = Math.max(both, first)
      if (index === 0 || (person + index) % 4 === 0) continue
      const joins = both + 1 + ((fragment * 6151) % 1_000)
      moves.push({ fragment, profile, position: joins })
      if ((person + index) % 5 === 0) moves.push({ fragment, profile: fragment, position: joins + end / 4 })
    }
  }
  return { steps, moves, owned }
}

function atPosition(step: Step, position: number): Step {
  return {
    ...step,
    position,
    ...(step.event && { event: { ...step.event, position } }),
    ...(step.identify && { identify: { ...step.identify, position } }),
  }
}

async function insert(target: string, rows: Buffer): Promise<void> {
  const { stream } = await engine.client.exec({
    query: `insert into ${target} format RowBinary`,
    values: Readable.from([rows], { objectMode: false }),
    clickhouse_settings: { insert_deduplicate: 0 },
  })
  for await (const _ of stream) continue
}

async function load({ steps, moves, owned }: World, workspace = WORKSPACE): Promise<void> {
  const events = new EventRows()
  const traits = new TraitRows()
  for (const { id, position, event, identify } of steps) {
    const said = { workspace, fragment: id, position }
    // what a parser of JSON gives, as the processor sees it
    const json = event?.json ?? {}
    const type = event?.type ?? 'identify'
    const raw = JSON.stringify(json)
    const properties = flattenProperties(type, json)
    const isPlain = position % 3 > 0 && !/\d{16}/.test(raw)
    const read =
      (isPlain ? ROW_FLAGS.plain : 0) + (position % 5 > 0 && properties.isWhole ? ROW_FLAGS.whole : 0)
    events.add({
      ...said,
      anchor: id,
      time: event?.time ?? identify?.time ?? 0,
      received: MOMENT + (position % 3) * 40 * DAY,
      type,
      name: event?.name ?? '',
      source: 1,
      messageId: `m${position}`,
      flags: (event?.bot === true ? 2 : 0) + (position % 2) + read,
      ip: '',
      raw,
      properties,
    })
    for (const kind of ['set', 'once'] as const)
      for (const [name, value] of Object.entries(identify?.traits[kind] ?? {}))
        traits.add({ ...said, name, value, time: identify?.time ?? 0, isOnce: kind === 'once' })
  }
  const map = new ProfileMapRows()
  for (const move of moves) map.add({ workspace, ...move })
  const identifiers = new IdentifierRows()
  for (const each of owned) identifiers.add({ workspace, ...each })
  await insert(`event ${EVENT_COLUMNS}`, events.finish())
  for (let times = 0; times < 2; times++) {
    await insert(`trait ${TRAIT_COLUMNS}`, traits.finish())
    await insert(`profile_map ${PROFILE_MAP_COLUMNS}`, map.finish())
    await insert(`identifier ${IDENTIFIER_COLUMNS}`, identifiers.finish())
  }
}

/** Fragments of each profile at a position, those that own an identifier; the one that stands for it comes first. */
function profilesAt({ moves, owned }: World, position: number): Map<number, number[]> {
  const stands = new Map<number, number>()
  for (const move of [...moves].sort((a, b) => a.position - b.position))
    if (move.position <= position) stands.set(move.fragment, move.profile)
  const profiles = new Map<number, number[]>()
  const present = new Set(owned.filter((each) => each.position <= position).map(({ fragment }) => fragment))
  for (const fragment of [...present].sort((a, b) => a - b)) {
    const profile = stands.get(fragment) ?? fragment
    profiles.set(profile, [...(profiles.get(profile) ?? []), fragment])
  }
  return profiles
}

async function ask<Row extends unknown[]>({ query, params, settings }: SqlQuery): Promise<Row[]> {
  const result = await engine.client.query({
    query,
    query_params: params as Record<string, unknown>,
    clickhouse_settings: settings,
    format: 'JSONCompactEachRow',
  })
  return result.json<Row>() as Promise<Row[]>
}

const conditions = fc.oneof(
  arbitraryCountLeaf,
  arbitraryAggregateLeaf,
  arbitraryTraitLeaf,
  arbitraryCondition,
)
const known = fc.boolean()

let world: World
const seed = Number(process.env['FAST_CHECK_SEED'])

test('a condition as SQL holds for the same people as its history read word by word, and as event by event', async () => {
  const raws = fc.sample(fc.tuple(conditions, known), { numRuns: CONDITIONS, seed })
  const parsed: Condition[] = raws.map(([raw, isKnown]) => {
    const condition = parseCondition(raw, ZONE)
    return isKnown ? { kind: 'all', of: [{ kind: 'known' }, condition] } : condition
  })
  const live = new LivePeople(catalogOf(parsed, ZONE), rules)
  const coverage = new Coverage()
  let cases = 0
  let next = 0
  let gone = 0
  let asking = 0
  const shares = [0.3, 0.75, 1]
  for (const share of shares) {
    const until = Math.floor(world.steps.length * share)
    let clock = 0
    for (; next < until; next++) {
      const step = world.steps[next] as Step
      clock = Math.max(clock, step.clock)
      live.take(step.id, step, clock)
    }
    const position = world.steps[until - 1]?.position ?? 0
    for (const each of world.owned)
      if (each.position > gone && each.position <= position) live.own(each.fragment, each.namespace)
    gone = position
    const profiles = profilesAt(world, position)
    const people = plainPeople(world, profiles, position)
    for (const now of [clock, clock + 1 + (seed % (40 * DAY))]) {
      for (const [index, condition] of parsed.entries()) {
        const begun = performance.now()
        const sql = membersSql(condition, { workspace: WORKSPACE, position, now, zone: ZONE, rules })
        const rows = await ask<[number]>(sql).catch((error: Error) => {
          throw new Error(`${error.message}\n${JSON.stringify(raws[index])}\n${sql.query}`, { cause: error })
        })
        asking += performance.now() - begun
        const found = new Set(rows.map(([profile]) => profile))
        expect(found.size).toBe(rows.length)
        for (const person of people) {
          cases++
          const expected = coldAnswer(condition, person, { now, zone: ZONE, rules })
          coverage.note(condition, person, now)
          if (found.has(person.profile) !== expected)
            throw new Error(
              `SQL says ${!expected} of ${JSON.stringify({ person, condition, now, position })}\n${JSON.stringify(sql.params)}\n${sql.query}`,
            )
          const fragments = live.person(profiles.get(person.profile) as number[])
          if (!live.isCold(index, fragments) && live.holds(index, fragments, now) !== expected)
            throw new Error(`Live says ${!expected} of ${JSON.stringify({ person, condition, now })}`)
        }
        for (const profile of found)
          if (!profiles.has(profile)) throw new Error(`There is no profile ${profile}.`)
      }
    }
  }
  console.log(
    `${CONDITIONS} conditions x ${PEOPLE * 3} fragments x ${shares.length * 2} clocks: ${cases} cases, ${Math.round(asking)} ms in ClickHouse\n${coverage.report()}`,
  )
})

/** Values that differ in what operators look at: how they begin and end, case, kind, order, place in time. */
const FIXED_VALUES: readonly Json[] = [
  ...['abc', 'cba', 'ab', 'bc', 'ABC', 'àbc', '', ' ', '5', '5.0', 5, 5.5, 6, 0, -1, true, false],
  ...['2026-03-30', '2026-03-31', new Date(MOMENT).toISOString(), new Date(MOMENT + 2 * DAY).toISOString()],
  ...[['ab', 'c'], [5, 6], [], { a: 'ab' }],
]
const FIXED_ARGUMENTS: readonly Json[] = [
  ...['ab', 'bc', 'abc', 'ABC', '', '5', 5, 5.5, true, '2026-03-31', new Date(MOMENT).toISOString(), '3d'],
  ...[['ab', 'abc'], [5, '5'], [5, 6], ['2026-03-30', '2026-03-31'], null],
]
const FIXED_READINGS: readonly JsonObject[] = [{}, { ignoreCase: true }, { as: 'number' }, { as: 'date' }]

test('every operator says the same of fixed values in SQL as word by word', async () => {
  const steps = FIXED_VALUES.map((value, index): Step => {
    const position = 10 + 2 * index
    const time = MOMENT - 1_000 * index
    const identify = { time, position, traits: { set: { t: value }, once: {} } }
    return { id: 1 + index, fragment: 0, clock: MOMENT, position, identify }
  })
  // one of whom nothing is known
  const ids = [...steps.map(({ id }) => id), steps.length + 1]
  const owned = ids.map((id) => ({ fragment: id, namespace: 'user_id', identifier: id, position: 10 }))
  const fixed: World = { steps, moves: [], owned }
  await load(fixed, FIXED_WORKSPACE)
  const position = 10 + 2 * steps.length
  const people = plainPeople(fixed, profilesAt(fixed, position), position)
  for (const op of Object.keys(operators)) {
    let asked = 0
    for (const value of FIXED_ARGUMENTS)
      for (const reading of FIXED_READINGS) {
        const raw = { trait: 't', op, ...(value === null ? {} : { value }), ...reading }
        const condition = parsedOrNot(raw)
        if (condition === undefined) continue
        asked++
        const question = { workspace: FIXED_WORKSPACE, position, now: MOMENT, zone: ZONE, rules }
        const rows = await ask<[number]>(membersSql(condition, question))
        const expected = people.filter((person) => coldAnswer(condition, person, question))
        expect([raw, rows.map(([profile]) => profile).sort((a, b) => a - b)]).toEqual([
          raw,
          expected.map(({ profile }) => profile).sort((a, b) => a - b),
        ])
      }
    expect([op, asked > 0]).toEqual([op, true])
  }
})

/** A condition; undefined: there is no such one. */
function parsedOrNot(raw: JsonObject): Condition | undefined {
  try {
    return parseCondition(raw, ZONE)
  } catch (error) {
    if (error instanceof ConditionError) return undefined
    throw error
  }
}

test('series that SQL computes answer as those that were kept event by event, also when events went on coming', async () => {
  const eventConditions = fc.oneof(arbitraryCountLeaf, arbitraryAggregateLeaf)
  const parsed = fc
    .sample(eventConditions, { numRuns: CONDITIONS * 4, seed })
    .map((raw) => parseCondition(raw, ZONE))
  let cases = 0
  let asking = 0
  for (let at = 0; at < parsed.length; at += SERIES_AT_ONCE) {
    const some = parsed.slice(at, at + SERIES_AT_ONCE)
    const catalog = catalogOf(some, ZONE)
    const specs = catalog.series.all.map(({ spec }) => spec)
    for (const share of [0.4, 0.8]) {
      const late = new LivePeople(catalog, rules)
      const made = Math.floor(world.steps.length * share)
      const { clock, position } = clockAt(made)
      const question: SqlQuestion = { workspace: WORKSPACE, position, now: clock, zone: ZONE, rules }
      const begun = performance.now()
      const rows: unknown[][] = []
      for (const range of [
        { from: 0, to: 400 },
        { from: 400, to: 2 ** 40 },
      ])
        rows.push(...(await ask(seriesSql(specs, question, range))))
      asking += performance.now() - begun
      const past = rows.map((row) => readSeriesRow(specs, question, row))
      expect(new Set(past.map(({ fragment }) => fragment)).size).toBe(past.length)
      // one half of those people lives on before history comes, the other after
      const end = clockAt(world.steps.length)
      const joins = (fragment: number) => (fragment % 2 === 0 ? clock : end.clock)
      for (const { fragment, states } of past)
        if (fragment % 2 === 0) late.addHistory(fragment, states, joins(fragment))
      let now = clock
      for (const step of world.steps.slice(made)) {
        now = Math.max(now, step.clock)
        late.take(step.id, step, now)
      }
      for (const { fragment, states } of past)
        if (fragment % 2 === 1) late.addHistory(fragment, states, joins(fragment))
      const profiles = profilesAt(world, end.position)
      for (const moment of [end.clock, end.clock + DAY / 2]) {
        for (const person of plainPeople(world, profiles, end.position)) {
          const fragments = late.person(profiles.get(person.profile) as number[])
          for (const [index, condition] of some.entries()) {
            cases++
            const expected = coldAnswer(condition, person, { now: moment, zone: ZONE, rules })
            if (late.holds(index, fragments, moment) !== expected)
              throw new Error(
                `Live with history says ${!expected} of ${JSON.stringify({ person, condition, question, moment })}`,
              )
          }
        }
      }
    }
  }
  console.log(`${parsed.length} series: ${cases} cases, ${Math.round(asking)} ms in ClickHouse`)
})

/** The state of the log after so many steps. */
function clockAt(steps: number): { clock: number; position: number } {
  const past = world.steps.slice(0, steps)
  return { clock: Math.max(0, ...past.map((step) => step.clock)), position: past.at(-1)?.position ?? 0 }
}

test('the events that decided a leaf are the newest that match', async () => {
  const leaves = fc.sample(arbitraryCountLeaf, { numRuns: CONDITIONS, seed })
  const { clock, position } = clockAt(world.steps.length)
  const question: SqlQuestion = { workspace: WORKSPACE, position, now: clock, zone: ZONE, rules }
  let found = 0
  for (const [index, raw] of leaves.entries()) {
    const leaf = parseCondition(raw, ZONE)
    if (leaf.kind !== 'count') throw new Error('no count')
    const fragments = [1, 2, 3].map((each) => each + (index % PEOPLE) * 3)
    const bounds = boundsAt(leaf.within, clock, ZONE)
    const rows = await ask(matchingEventsSql(leaf, question, fragments, bounds, 5))
    const events = world.steps.flatMap(({ id, event }) =>
      fragments.includes(id) && event !== undefined ? [event] : [],
    )
    const alone = (event: PlainEvent) => ({ profile: 1, events: [event], identifies: [], namespaces: [] })
    const one: Condition = { ...leaf, op: 'gte', count: 1 }
    const expected = events
      .filter((event) => coldAnswer(one, alone(event), { now: clock, zone: ZONE, rules }))
      .sort((a, b) => b.time - a.time || b.position - a.position)
      .slice(0, 5)
    expect(rows).toEqual(expected.map(({ time, position: at, name }) => [time, at, name]))
    found += rows.length
  }
  expect(found).toBeGreaterThan(0)
})

const TEXTS_PROBED = 3_000

test('dates, numbers and texts without case are the same to both engines', async () => {
  const damaged = fc
    .tuple(
      fc.constantFrom(...DATES),
      fc.nat(30),
      fc.constantFrom(...'0123456789-:.TZz +,(e/\u00a0\n'),
      fc.boolean(),
    )
    .map(([date, at, character, isWhole]) =>
      isWhole ? date : date.slice(0, at) + character + date.slice(at + 1),
    )
  const texts = fc.sample(fc.oneof(damaged, arbitraryText, arbitraryText), { numRuns: TEXTS_PROBED, seed })
  const numbers = fc.sample(arbitraryNumber, { numRuns: TEXTS_PROBED, seed }).map((number) => number + 0)
  await engine.client.command({
    query: 'create table probe (id UInt32, text String, num Float64) engine = Memory',
  })
  const rows = new RowWriter()
  for (const [id, text] of texts.entries()) {
    rows.uint32(id)
    rows.text(text)
    rows.float64(numbers[id] as number)
  }
  await insert('probe', rows.finish())
  const params = new SqlParams()
  const wanted = foldText("ΟΔΟΣ pró i'")
  const json = typedJsonSql('array[1]')
  const number = 'if(abs(num) < 1e15, num, 0.)'
  const answers = await ask<[number, number[], string, string, string, number]>({
    query: `select id, ${instantSql('text')}, toString(${scaledSql(number)}), ${foldSql('text', [wanted], params)}, ${json.text.value}, ${json.num.value} = num
      from (select id, text, num, JSONExtractArrayRaw(concat('[', if(id % 2 = 0, toJSONString(text), if(abs(num) < 1e18, toString(num), concat(toString(num), if(position(toString(num), 'e') > 0, '', 'e0')))), ']')) as array from probe)
      order by id`,
    params: params.values,
    settings: {},
  })
  expect(answers.length).toBe(texts.length)
  const letters = new Set(wanted)
  for (const [id, instants, sum, folded, unquoted, isNumber] of answers) {
    const text = texts[id] as string
    const own = numbers[id] as number
    const ms = parseInstant(text)
    expect([text, instants]).toEqual([text, ms === undefined ? [] : [ms]])
    expect([own, sum]).toEqual([own, String(scaled(Math.abs(own) < 1e15 ? own : 0))])
    // letters that nobody asked about may stay as they are
    const asked = (value: string) => [...value].map((letter) => (letters.has(letter) ? letter : '?')).join('')
    expect([text, asked(folded)]).toEqual([text, asked(foldText(text))])
    if (id % 2 === 0) expect(unquoted).toBe(text)
    else expect([own, isNumber]).toEqual([own, 1])
  }
})

function partsOfWhere(test: PropertyTest | EachTest): string[] {
  if ('each' in test) return ['where each']
  const { op, ignoreCase, as, property } = test
  const parts = [
    `where ${op}${ignoreCase === true ? ' ignoreCase' : ''}${as === undefined ? '' : ` as ${as}`}`,
  ]
  return property.startsWith('context.') ? [...parts, 'where context'] : parts
}

function plainPeople(
  { steps, owned }: World,
  profiles: Map<number, number[]>,
  position: number,
): PlainPerson[] {
  const byFragment = new Map<number, Step[]>()
  for (const step of steps)
    if (step.position <= position) byFragment.set(step.id, [...(byFragment.get(step.id) ?? []), step])
  return [...profiles].map(([profile, fragments]) => {
    const own = fragments.flatMap((id) => byFragment.get(id) ?? [])
    return {
      profile,
      events: own.flatMap(({ event }) => event ?? []),
      identifies: own.flatMap(({ identify }) => identify ?? []),
      namespaces: owned
        .filter((each) => each.position <= position && fragments.includes(each.fragment))
        .map(({ namespace }) => namespace),
    }
  })
}

/** Which parts of the grammar gave both answers. */
class Coverage {
  readonly #seen = new Map<string, Set<boolean>>()
  #calls = 0

  /** One of some is looked at: leaves are asked again for this. */
  note(condition: Condition, person: PlainPerson, now: number): void {
    if (this.#calls++ % 3 !== 0) return
    for (const leaf of leavesOf(condition)) {
      const holds = coldAnswer(leaf, person, { now, zone: ZONE, rules })
      for (const part of partsOf(leaf)) {
        const answers = this.#seen.get(part) ?? new Set()
        this.#seen.set(part, answers.add(holds))
      }
    }
  }

  report(): string {
    const parts = [...this.#seen].sort(([a], [b]) => (a < b ? -1 : 1))
    const one = parts.filter(([, answers]) => answers.size < 2).map(([part]) => part)
    return `${parts.length} parts of the grammar met, ${parts.length - one.length} with both answers; with one only: ${one.join(', ')}`
  }
}

function partsOf(leaf: Leaf): string[] {
  const parts: string[] = [
    leaf.kind === 'aggregate'
      ? `${leaf.fn} ${leaf.op}`
      : 'op' in leaf
        ? `${leaf.kind} ${leaf.op}`
        : leaf.kind,
  ]
  if ('as' in leaf) parts.push(`as ${leaf.as} ${leaf.op}`)
  if ('type' in leaf) parts.push(`type ${leaf.type}`)
  if ('within' in leaf && leaf.within !== undefined) parts.push(`within ${leaf.within.kind}`)
  if ('ignoreCase' in leaf) parts.push(`ignoreCase ${leaf.kind} ${leaf.op}`)
  if ('where' in leaf) for (const test of leaf.where) parts.push(...partsOfWhere(test))
  return parts
}
