import { setTimeout as pause } from 'node:timers/promises'
import {
  arbitraryHappening,
  arbitraryPayloads,
  arbitraryUsualCondition,
} from '@affluent/core/audience/testing/arbitrary-life'
import type { EventStep, LifeStep } from '@affluent/core/audience/testing/life-step'
import { EVENT_NAMES, ZONES } from '@affluent/core/condition/testing/arbitrary-condition'
import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { storableJson } from '@affluent/protocol/text'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { KnownPeople, type KnownPerson } from '../testing/known-people.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

const LIVES = 30
const STEPS = 24
const ROUNDS = 8
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const
const REST_MS = 25_000
const EVERYONE: Json = { event: EVENT_NAMES[0], count: { op: 'gte', value: 1 } }

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

/** What happens to audiences before a round. */
type Change =
  | {
      readonly kind: 'put'
      readonly key: string
      readonly condition: Json
      readonly population: 'known' | 'all'
      readonly names: string | undefined
    }
  | { readonly kind: 'delete'; readonly key: string }

const HOUR = 3_600_000
const DAY = 24 * HOUR

const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 7,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      key: fc.constantFrom(...KEYS),
      condition: arbitraryUsualCondition,
      population: fc.constantFrom('known' as const, 'all' as const, 'all' as const),
      names: fc.option(fc.constantFrom(...KEYS), { nil: undefined, freq: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('delete' as const), key: fc.constantFrom(...KEYS) }),
  },
)

const world = arbitraryPayloads.chain((payloads) =>
  fc.record({
    zone: fc.constantFrom(...ZONES),
    lives: fc.array(
      fc.array(arbitraryHappening(fc.constantFrom(...payloads)), {
        minLength: STEPS,
        maxLength: STEPS,
        size: 'max',
      }),
      { minLength: LIVES, maxLength: LIVES, size: 'max' },
    ),
    rounds: fc.array(
      fc.record({
        before: fc.array(change, { minLength: 1, maxLength: 3 }),
        within: fc.array(change, { minLength: 1, maxLength: 2 }),
        jump: fc.constantFrom(0, HOUR, 90 * 60_000, DAY, 2 * DAY, 8 * DAY, 30 * DAY, 33 * DAY),
        isHalted: fc.constantFrom(false, false, true),
      }),
      { minLength: ROUNDS, maxLength: ROUNDS, size: 'max' },
    ),
  }),
)

test('audiences that come and go while people live their lives have the members that the whole history says, through restarts and as time passes', async () => {
  const [{ zone, lives, rounds }] = fc.sample(world, 1) as [
    typeof world extends fc.Arbitrary<infer World> ? World : never,
  ]
  const model = new KnownPeople(server, zone)
  await server.database.query('update workspace set zone = $1 where id = 1', [zone])
  await server.halt()
  await server.start()
  // some are in it whatever the rest is
  await apply(model, {
    kind: 'put',
    key: 'everyone',
    condition: EVERYONE,
    population: 'all',
    names: undefined,
  })
  let checked = 0
  for (const [round, { before, within, jump, isHalted }] of rounds.entries()) {
    for (const each of before) await apply(model, each)
    const from = Math.floor((round * STEPS) / ROUNDS)
    const to = Math.floor(((round + 1) * STEPS) / ROUNDS)
    for (let step = from; step < to; step++) {
      await takeSteps(
        model,
        lives.map((steps) => steps[step] as LifeStep),
      )
      // the last one right before what ends the round, so that a restart often finds it half prepared
      const now = within[within.length - (to - step)]
      if (now !== undefined) await apply(model, now)
    }
    if (isHalted || round === ROUNDS / 2) {
      await server.halt()
      server.clockOffset += jump
      await server.start()
    } else server.clockOffset += jump
    if (round % 2 === 1 || round === ROUNDS - 1) checked += await compare(model)
  }
  console.log(
    `${model.count} events of ${LIVES} lives, ${model.definitions.size} audiences at the end, ${checked} memberships compared`,
  )
  expect(checked).toBeGreaterThan(0)
}, 180_000)

/** Makes, changes or deletes an audience; what the server refuses is not so. */
async function apply(model: KnownPeople, said: Change): Promise<void> {
  const { key } = said
  if (said.kind === 'delete') {
    const answer = await server.write(`/v1/audiences/${key}`, 'DELETE', undefined)
    if (answer.status === 200) model.definitions.delete(key)
    else expect([404, 409]).toContain(answer.status)
    return
  }
  const { names, population } = said
  const condition: Json =
    names === undefined ? said.condition : { any: [said.condition, { audience: names }] }
  const isKnown = model.definitions.has(key)
  const body = { ...(isKnown ? {} : { key }), condition, population }
  const answer = await server.write(
    isKnown ? `/v1/audiences/${key}` : '/v1/audiences',
    isKnown ? 'PUT' : 'POST',
    body,
  )
  // a number that JSON would not carry exactly is refused before the condition is read
  const isSound =
    storableJson().safeParse(condition).success &&
    model.conditionOf(key, { condition, population }) !== undefined
  expect(answer.status, answer.text).toBe(isSound ? (isKnown ? 200 : 201) : 400)
  if (isSound) model.definitions.set(key, { condition, population })
}

/** One step of every life: events go in one batch, then what reviewers decide. */
async function takeSteps(model: KnownPeople, steps: readonly LifeStep[]): Promise<void> {
  const batch: JsonObject[] = []
  for (const [life, step] of steps.entries())
    if (step.kind === 'event') batch.push(model.say(inLife(step, life)))
  // some come twice
  const position = await server.sendAll([...batch, ...batch.slice(0, 2)])
  for (const [life, step] of steps.entries()) await decide(step, life, position)
}

function inLife(step: EventStep, life: number) {
  const { type, name, identifiers, previousId, payload, bot, shift } = step
  return {
    ...{ type, name, bot, payload, time: server.now() + shift },
    identifiers: identifiers.map((text) => ofLife(text, life)),
    previousId: previousId === undefined ? undefined : `${previousId}-${life}`,
  }
}

function ofLife(text: string, life: number): string {
  return text.startsWith('email:') ? text.replace('@', `-${life}@`) : `${text}-${life}`
}

async function decide(step: LifeStep, life: number, position: number): Promise<void> {
  const named = (text: string) => {
    const whole = ofLife(text, life)
    const colon = whole.indexOf(':')
    return { namespace: whole.slice(0, colon), value: whole.slice(colon + 1) }
  }
  let answer: Awaited<ReturnType<TestServer['write']>> | undefined
  switch (step.kind) {
    case 'unmerge': {
      const id = encodeURIComponent(ofLife('user_id:u1', life))
      const { json, status } = await server.read(`/v1/profiles/${id}/ledger?after=${position}`)
      const merges =
        status === 200 ? (json['ledger'] as JsonObject[]).filter(({ kind }) => kind === 'merged') : []
      const merge = merges[step.pick % Math.max(1, merges.length)]
      if (merge !== undefined)
        answer = await server.write('/v1/identity/unmerge', 'POST', { ledgerId: merge['id'] })
      break
    }
    case 'unmerge_by':
      answer = await server.write('/v1/identity/unmerge', 'POST', { identifier: named(step.identifier) })
      break
    case 'cannot_link':
    case 'force_link': {
      const path = step.kind === 'force_link' ? 'link' : 'cannot-link'
      answer = await server.write(`/v1/identity/${path}`, 'POST', { a: named(step.a), b: named(step.b) })
      break
    }
    default:
      return
  }
  if (answer !== undefined) expect([200, 404, 409], answer.text).toContain(answer.status)
}

/** Waits until everything is as the model says: who has just been let go by time is let go within seconds. */
async function compare(model: KnownPeople): Promise<number> {
  await server.settle()
  for (const key of model.definitions.keys()) await server.audienceLive(key)
  const people = await model.read()
  const end = Date.now() + REST_MS
  for (;;) {
    try {
      return await compareNow(model, people)
    } catch (error) {
      if (Date.now() > end) throw error
      await pause(250)
    }
  }
}

async function compareNow(model: KnownPeople, people: readonly KnownPerson[]): Promise<number> {
  const inAudiences = new Map<string, string[]>()
  let members = 0
  for (const [key, { condition, population }] of model.definitions) {
    const whole = model.conditionOf(key)
    if (whole === undefined) continue
    const expected = model.membersOf(whole, people, server.now())
    const context = `${key} ${JSON.stringify(model.definitions.get(key))}`
    expect(await server.members(key), context).toEqual(expected)
    const shown = await server.read(`/v1/audiences/${key}`)
    expect((shown.json as unknown as AudienceAnswer).size, context).toBe(expected.length)
    const preview = await server.write('/v1/audiences/preview', 'POST', { condition, population })
    expect(preview.json['size'], `preview ${context} ${preview.text}`).toBe(expected.length)
    for (const name of expected) inAudiences.set(name, [...(inAudiences.get(name) ?? []), key])
    members += expected.length
  }
  for (const { names } of people) {
    const [first = ''] = names
    const colon = first.indexOf(':')
    const profile = await server.profile(first.slice(0, colon), first.slice(colon + 1))
    expect(
      profile?.audiences.map(({ key }) => key),
      first,
    ).toEqual((inAudiences.get(first) ?? []).sort())
  }
  return members
}
