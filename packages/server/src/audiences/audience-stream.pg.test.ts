import { setTimeout as pause } from 'node:timers/promises'
import { coldAnswer } from '@affluent/core/condition/testing/cold-answer'
import { DEFAULT_IDENTITY_RULES } from '@affluent/core/identity/namespaces'
import type { Condition } from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { KnownPeople, type SentEvent } from '../testing/known-people.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

const PEOPLE = 400
const EVENTS_PER_SECOND = 2_000
const BATCH = 100
const BURST_MS = 5_000
const CHECK_MS = 400
const HOUR = 3_600_000
const DAY = 24 * HOUR

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const orders = (op: string, value: number, within?: string): Json => ({
  ...{
    event: 'Order Completed',
    where: [{ property: 'revenue', op: 'gt', value: 50 }],
    count: { op, value },
  },
  ...(within === undefined ? {} : { within }),
})
const sum = (op: string, value: number): Json => ({
  ...{ event: 'Order Completed', aggregate: { fn: 'sum', property: 'revenue' }, op, value, within: '30d' },
})
const last = (plan: string): Json => ({
  ...{ event: 'Order Completed', aggregate: { fn: 'last', property: 'coupon' }, op: 'equals', value: plan },
})
const plan = (value: string): Json => ({ trait: 'plan', op: 'equals', value })

/** What is done to audiences in each burst, each at its place of the burst (0 to 1). */
const BURSTS: readonly (readonly {
  readonly at: number
  readonly key: string
  readonly condition: Json
}[])[] = [
  [
    { at: 0.1, key: 'twice', condition: orders('gte', 10, '30d') },
    { at: 0.1, key: 'few', condition: orders('lte', 4, '30d') },
    { at: 0.3, key: 'spent', condition: sum('gte', 900) },
    { at: 0.5, key: 'pro', condition: { all: [plan('pro'), orders('gte', 2)] } },
  ],
  [
    { at: 0.2, key: 'twice', condition: orders('gte', 30, '30d') },
    { at: 0.2, key: 'spent', condition: { not: sum('gte', 2_000) } },
    { at: 0.4, key: 'coupon', condition: { any: [last('SPRING'), { audience: 'twice' }] } },
    { at: 0.6, key: 'twice', condition: orders('gte', 40, '30d') },
  ],
  [
    { at: 0.1, key: 'pro', condition: { any: [plan('pro'), { not: { audience: 'few' } }] } },
    { at: 0.3, key: 'few', condition: { not: { event: 'Viewed' } } },
    { at: 0.5, key: 'again', condition: orders('gte', 45) },
  ],
]

/** What was listed of a version as of a position. */
interface Checkpoint {
  readonly position: number
  readonly version: number
  readonly condition: Condition
  readonly members: readonly number[]
}

test('an audience that is made and changed while events stream in has exactly the members of the whole history, at every point looked at', async () => {
  const model = new KnownPeople(server, 'UTC')
  const draw = randomDraw(Number(process.env['FAST_CHECK_SEED'] ?? 1))
  const checkpoints: Checkpoint[] = []
  let answers = 0
  let streamedMs = 0
  for (const changes of BURSTS) {
    const began = Date.now()
    let acknowledged = 0
    let done = false
    const watch = (async () => {
      while (!done) {
        await pause(CHECK_MS)
        if (acknowledged > 0) checkpoints.push(...(await look(acknowledged)))
      }
    })()
    const plans = changes.map(async ({ at, key, condition }) => {
      await pause(at * BURST_MS)
      const method = model.definitions.has(key) ? 'PUT' : 'POST'
      model.definitions.set(key, { condition, population: 'all' })
      await server.putAudience({ key, condition, population: 'all' }, { method })
    })
    for (let sent = 0; sent < (BURST_MS / 1_000) * EVENTS_PER_SECOND; sent += BATCH) {
      const batch = Array.from({ length: BATCH }, () => model.say(eventOf(draw)))
      acknowledged = await server.sendAll(batch)
      await pause(Math.max(0, began + (sent / EVENTS_PER_SECOND) * 1_000 - Date.now()))
    }
    streamedMs += Date.now() - began
    await Promise.all(plans)
    done = true
    await watch
    answers += await compareAtRest(model)
  }
  const people = await model.read()
  for (const { position, version, condition, members } of checkpoints) {
    const moment = { now: server.now(), zone: 'UTC', rules: DEFAULT_IDENTITY_RULES }
    const expected = people
      .map((person) => ({
        ...person,
        events: person.events.filter((event) => event.position <= position),
        identifies: person.identifies.filter((said) => said.position <= position),
      }))
      .filter(
        (person) =>
          person.events.length + person.identifies.length > 0 && coldAnswer(condition, person, moment),
      )
      .map(({ profile }) => profile)
    expect(members, `version ${version} as of ${position}`).toEqual(expected.sort((a, b) => a - b))
    answers += expected.length
  }
  const rate = Math.round((model.count / streamedMs) * 1_000)
  console.log(
    `${model.count} events at ${rate}/s, ${checkpoints.length} lists while they streamed, ${answers} memberships compared`,
  )
  expect(checkpoints.length).toBeGreaterThan(5)
}, 120_000)

/** Lists the members of every version that is live, as of a position that is in ClickHouse. */
async function look(position: number): Promise<Checkpoint[]> {
  const waited = await server.read(`/v1/audiences?after=${position}`)
  if (waited.status !== 200) return []
  const { rows: versions } = await server.database.query<{ id: number; condition: Condition }>(
    `select v.id, v.condition from audience_version v join audience a on a.workspace_id = 1 and a.live_version = v.id
     where v.workspace_id = 1 and v.live_position <= $1`,
    [position],
  )
  const found: Checkpoint[] = []
  for (const { id, condition } of versions) {
    const rows = await server.askClickHouse<{ profile: number }>(
      `select toFloat64(profile) as profile from membership where workspace = 1 and version = ${id} and position <= ${position}
       group by profile having argMax(entered, position) = 1 order by profile`,
    )
    found.push({ position, version: id, condition, members: rows.map(({ profile }) => profile) })
  }
  return found
}

/** At rest, the lists that the API gives are those of the definitions of now; a preview has their size. */
async function compareAtRest(model: KnownPeople): Promise<number> {
  await server.settle()
  for (const key of model.definitions.keys()) await server.audienceLive(key)
  await server.settle()
  const people = await model.read()
  let members = 0
  for (const [key, { condition, population }] of model.definitions) {
    const expected = model.membersOf(model.conditionOf(key) as Condition, people, server.now())
    expect(await server.members(key), key).toEqual(expected)
    const preview = await server.write('/v1/audiences/preview', 'POST', { condition, population })
    expect(preview.json['size'], preview.text).toBe(expected.length)
    members += expected.length
  }
  return members
}

type Draw = (below: number) => number

/** Chance with a seed. */
function randomDraw(seed: number): Draw {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const NAMES = ['Order Completed', 'Order Completed', 'Viewed']

/** A few people do most. Times are never near the edge of a window, so that only events let people in and out. */
function eventOf(draw: Draw): SentEvent {
  const person = Math.floor((draw(PEOPLE) * draw(PEOPLE)) / PEOPLE)
  const late = [0, 0, 0, 0, HOUR, 5 * DAY, 29 * DAY, 31 * DAY][draw(8)] as number
  const identifiers = [`user_id:u${person}`, ...(draw(3) === 0 ? [`anonymous_id:a${person}`] : [])]
  const said = { time: server.now() - late, identifiers, bot: draw(40) === 0 }
  if (draw(8) === 0)
    return { ...said, type: 'identify', name: '', payload: { plan: ['pro', 'free'][draw(2)] as string } }
  const payload: JsonObject = {
    revenue: draw(20_000) / 100,
    coupon: ['SPRING', 'FALL', null][draw(3)] as Json,
  }
  return { ...said, type: 'track', name: NAMES[draw(NAMES.length)] as string, payload }
}
