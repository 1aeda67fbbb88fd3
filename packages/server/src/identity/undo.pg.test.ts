import { readFile } from 'node:fs/promises'
import type { RegroupingAnswer } from '@affluent/protocol/endpoints/identity'
import type { JsonObject } from '@affluent/protocol/event'
import type { LedgerAnswerEntry } from '@affluent/protocol/ledger-entry'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, positionOf, startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
/** position of the last decision */
let given = 0
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const DAY = 'T10:00:00.000Z'

function post(path: string, body: unknown, method = 'POST'): Promise<Answer> {
  return server.read(path, {
    method,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
}

/** Gives a decision that must be taken. */
async function decide(path: string, body: unknown): Promise<RegroupingAnswer> {
  const answer = await post(`/v1/identity/${path}`, body)
  expect(answer, answer.text).toMatchObject({ status: 200 })
  given = positionOf(answer)
  return answer.json as unknown as RegroupingAnswer
}

async function ledgerOf(id: string): Promise<LedgerAnswerEntry[]> {
  const answer = await server.read(`/v1/profiles/${encodeURIComponent(id)}/ledger`)
  expect(answer.status).toBe(200)
  return answer.json['ledger'] as unknown as LedgerAnswerEntry[]
}

/** The newest merge that made a person, as the ledger names it. */
async function lastMerge(id: string): Promise<string> {
  const merges = (await ledgerOf(id)).filter(({ kind }) => kind === 'merged')
  return (merges.at(-1) as LedgerAnswerEntry).id
}

async function idOf(namespace: string, value: string): Promise<string | undefined> {
  return (await server.profile(namespace, value))?.id
}

function login(user: string, more: JsonObject = {}, traits: JsonObject = {}): JsonObject {
  return { type: 'identify', userId: user, traits, ...more }
}

function named(namespace: string, value: string) {
  return { namespace, value }
}

/** How many people ClickHouse sees behind these browsers' and users' events, through the map of merged fragments. */
async function peopleInClickHouse(prefix: string): Promise<number> {
  const rows = await server.askClickHouse<{ people: number }>(
    `select uniqExact(if(m.profile = 0, e.fragment, m.profile)) as people
     from event e left join (select fragment, profile from profile_map final) m on m.fragment = e.fragment
     where position(e.raw, '${prefix}') > 0`,
  )
  return rows[0]?.people ?? 0
}

async function countRows(table: string, where: string): Promise<number> {
  const { rows } = await server.database.query<{ count: number }>(
    `select count(*)::int as count from ${table} where ${where}`,
  )
  return rows[0]?.count ?? 0
}

test('an un-merge gives both people back, with their ids, traits and events, and what joined them joins them no more', async () => {
  await server.sendAll([
    login('w-ada', { anonymousId: 'w-laptop', timestamp: `2026-11-01${DAY}` }, { plan: 'pro', city: 'Lyon' }),
    { type: 'page', anonymousId: 'w-visitor', timestamp: `2026-11-02${DAY}` },
  ])
  await server.settle()
  const ada = await server.profile('user_id', 'w-ada')
  const visitor = await server.profile('anonymous_id', 'w-visitor')
  const joining = login('w-ada', { anonymousId: 'w-visitor' }, { plan: 'free' })
  await server.sendAll([joining, { type: 'page', anonymousId: 'w-visitor' }])
  await server.settle()
  const merged = await server.profile('user_id', 'w-ada')
  expect(merged).toMatchObject({ id: ada?.id, events: 4, traits: { plan: 'free', city: 'Lyon' } })
  expect(await idOf('anonymous_id', 'w-visitor')).toBe(ada?.id)
  expect(await peopleInClickHouse('w-')).toBe(1)

  const ledgerId = await lastMerge('user_id:w-ada')
  const tried = await post('/v1/identity/unmerge?dryRun=true', { ledgerId })
  expect(tried.status).toBe(200)
  expect(await idOf('anonymous_id', 'w-visitor')).toBe(ada?.id)

  const done = await decide('unmerge', { ledgerId })
  expect(done).toEqual(tried.json)
  expect(done.profiles).toEqual([ada?.id, visitor?.id])
  expect(done.changes).toMatchObject({
    before: [ada?.id],
    after: [
      { id: ada?.id, kind: 'known', events: 2, changedTraits: [], laterMerges: [] },
      { id: visitor?.id, kind: 'visitor', events: 2, changedTraits: ['city', 'plan'], traits: {} },
    ],
    cutMerges: [ledgerId],
    evidence: [
      {
        identifier: named('anonymous_id', 'w-visitor'),
        profile: visitor?.id,
        carriedBy: [ada?.id],
        blocked: true,
      },
    ],
  })
  const { asOf: _, lastSeen: __, events, ...restored } = (await server.profile('user_id', 'w-ada')) ?? {}
  expect(events).toBe(2)
  expect(restored).toMatchObject({ id: ada?.id, identifiers: [{ value: 'w-ada' }, { value: 'w-laptop' }] })
  expect(await server.profile('anonymous_id', 'w-visitor')).toMatchObject({
    id: visitor?.id,
    kind: 'visitor',
    events: 2,
    traits: {},
    firstSeen: visitor?.firstSeen,
  })
  expect(await server.events('user_id', 'w-ada', { after: given })).toHaveLength(2)
  expect(await server.events('anonymous_id', 'w-visitor')).toHaveLength(2)
  expect(await peopleInClickHouse('w-')).toBe(2)
  const entry = { kind: 'unmerged', rule: 'reviewer', identifiers: [named('anonymous_id', 'w-visitor')] }
  expect((await ledgerOf('user_id:w-ada')).at(-1)).toMatchObject(entry)
  expect((await ledgerOf('anonymous_id:w-visitor')).at(-1)).toMatchObject(entry)

  await server.sendAll([joining])
  await server.halt()
  await server.start()
  await server.sendAll([joining, { type: 'page', anonymousId: 'w-visitor' }])
  await server.settle()
  expect(await server.profile('user_id', 'w-ada')).toMatchObject({ id: ada?.id, events: 4 })
  expect(await server.profile('anonymous_id', 'w-visitor')).toMatchObject({ id: visitor?.id, events: 3 })
  expect(await peopleInClickHouse('w-')).toBe(2)
  const refused = (await ledgerOf('user_id:w-ada')).filter(({ rule }) => rule === 'cannot_link')
  expect(refused).toHaveLength(1)
})

test('what a shared browser joined, 500 fragments, falls apart in one call and leaves nothing behind', async () => {
  const many = { limit: 500, windowDays: null, merges: true }
  const rules = {
    namespaces: {
      user_id: { priority: 10, class: 'person', ...many },
      anonymous_id: { priority: 60, class: 'contact', ...many },
    },
  }
  await post('/v1/identity/rules', rules, 'PUT')
  await server.sendAll([{ type: 'page', anonymousId: 'm-kiosk' }])
  const people = Array.from({ length: 499 }, (_, person) => `m-${person}`)
  await server.sendAll(people.map((user) => login(user, { anonymousId: 'm-kiosk' }, { name: user })))
  await server.sendAll(people.map((user) => ({ type: 'track', event: 'Seen', userId: user })))
  await server.settle()
  const mega = await idOf('user_id', 'm-0')
  expect(await server.profile('anonymous_id', 'm-kiosk')).toMatchObject({ id: mega, events: 999 })
  expect(await peopleInClickHouse('m-')).toBe(1)

  const edgesBefore = await countRows('edge', 'true')
  const began = performance.now()
  const { profiles, changes } = await decide('unmerge', { identifier: named('anonymous_id', 'm-kiosk') })
  console.log(`499 merges were cut in ${Math.round(performance.now() - began)} ms`)
  expect(performance.now() - began).toBeLessThan(5_000)
  expect(new Set(profiles).size).toBe(500)
  expect(changes.cutMerges).toHaveLength(499)
  expect(changes.evidence).toMatchObject([{ blocked: true }])
  expect(changes.evidence[0]?.carriedBy).toHaveLength(499)

  expect(await countRows('edge', 'true')).toBe(edgesBefore - 499)
  const fragments = `id in (select owner from identifier where value like 'm-%')`
  expect(await countRows('fragment', fragments)).toBe(500)
  expect(await countRows('fragment', `${fragments} and (profile <> id or state::jsonb ? 'g')`)).toBe(0)
  expect(await countRows('fragment', `${fragments} and state::jsonb ? 'x'`)).toBe(500)
  expect(await server.events('user_id', 'm-7', { after: given })).toHaveLength(2)
  expect(await peopleInClickHouse('m-')).toBe(500)
  expect(await server.profile('user_id', 'm-7')).toMatchObject({ events: 2, traits: { name: 'm-7' } })

  await server.sendAll(people.slice(0, 20).map((user) => login(user, { anonymousId: 'm-kiosk' })))
  await server.settle()
  expect(await peopleInClickHouse('m-')).toBe(500)
  expect(await server.profile('user_id', 'm-7')).toMatchObject({ events: 3 })
  expect(await post('/v1/identity/unmerge', { identifier: named('anonymous_id', 'm-kiosk') })).toMatchObject({
    status: 409,
    json: { error: { code: 'no_merges' } },
  })
  await post('/v1/identity/rules', { namespaces: { user_id: null, anonymous_id: null } }, 'PUT')
}, 120_000)

test('two who were never one are kept apart, whatever comes, until a reviewer links them; and back', async () => {
  await server.sendAll([login('c-1', { anonymousId: 'c-phone' }), login('c-2'), login('c-3')])
  await server.settle()
  const pair = { a: named('user_id', 'c-1'), b: named('user_id', 'c-2') }
  const [one, two] = [await idOf('user_id', 'c-1'), await idOf('user_id', 'c-2')]
  expect((await decide('cannot-link', pair)).profiles).toEqual([one, two])
  const alias = { type: 'alias', userId: 'c-2', previousId: 'c-1' }
  await server.sendAll([alias, { type: 'alias', userId: 'c-3', previousId: 'c-1' }])
  await server.settle()
  expect(await idOf('user_id', 'c-2')).toBe(two)
  expect(await idOf('user_id', 'c-3')).toBe(one)
  expect((await ledgerOf('user_id:c-2')).map(({ rule }) => rule)).toEqual([
    'new_identifier',
    'reviewer',
    'cannot_link',
  ])

  const tried = await post('/v1/identity/link?dryRun=true', pair)
  expect(tried.json).toMatchObject({ profiles: [one], changes: { before: [one, two], cutMerges: [] } })
  expect(await idOf('user_id', 'c-2')).toBe(two)
  expect(await decide('link', pair)).toEqual(tried.json)
  expect(await server.profile('user_id', 'c-2')).toMatchObject({ id: one, events: 5 })
  expect((await decide('link', pair)).profiles).toEqual([one])

  const back = await decide('cannot-link', pair)
  expect(back.profiles).toEqual([one, two])
  expect(await idOf('user_id', 'c-2')).toBe(two)
  await server.sendAll([alias])
  await server.settle()
  expect(await idOf('user_id', 'c-2')).toBe(two)
})

test('a trial changes nothing: no row, no position', async () => {
  await server.sendAll([login('d-1', { anonymousId: 'd-1' }), { type: 'page', anonymousId: 'd-2' }])
  await server.sendAll([login('d-1', { anonymousId: 'd-2' })])
  await server.settle()
  const read = async () =>
    Promise.all(
      ['fragment', 'identifier', 'edge', 'ledger', 'log_head', 'processor', 'load_entry'].map(
        async (table) => {
          const columns =
            table === 'processor' ? 'position, next_fragment, next_identifier, next_ledger' : '*'
          return (await server.database.query(`select ${columns} from ${table} order by 1, 2`)).rows
        },
      ),
    )
  const before = await read()
  const pair = { a: named('user_id', 'd-1'), b: named('anonymous_id', 'd-2') }
  for (const [path, body] of [
    ['unmerge', { ledgerId: await lastMerge('user_id:d-1') }],
    ['unmerge', { identifier: pair.b }],
    ['cannot-link', pair],
    ['link', { a: pair.a, b: named('user_id', 'c-1') }],
  ] as const) {
    const answer = await post(`/v1/identity/${path}?dryRun=true`, body)
    expect(answer, answer.text).toMatchObject({ status: 200 })
    expect(answer.headers.get('affluent-position')).toBeNull()
  }
  expect(await read()).toEqual(before)
})

test('what cannot be is refused with its code and path, and leaves no command in the log', async () => {
  await server.sendAll([login('b-1', { anonymousId: 'b-1' }), { type: 'page', anonymousId: 'b-2' }])
  await server.sendAll([login('b-1', { anonymousId: 'b-2' })])
  await server.settle()
  const merge = await lastMerge('user_id:b-1')
  const [created] = await ledgerOf('user_id:b-1')
  const known = named('user_id', 'b-1')
  const unknown = named('user_id', 'nobody')
  const position = async () => (await server.database.query('select position from log_head')).rows
  const before = await position()
  for (const [path, body, status, code, at] of [
    ['unmerge', {}, 400, 'invalid_request', 'ledgerId'],
    ['unmerge', { ledgerId: merge, identifier: known }, 400, 'invalid_request', 'ledgerId'],
    ['unmerge', { ledgerId: '12' }, 400, 'invalid_request', 'ledgerId'],
    ['unmerge', { ledgerId: 12 }, 400, 'invalid_request', 'ledgerId'],
    ['unmerge', { ledgerId: 'led_999999999999999' }, 404, 'not_found', 'ledgerId'],
    ['unmerge', { ledgerId: created?.id }, 409, 'not_a_merge', 'ledgerId'],
    ['unmerge', { identifier: unknown }, 404, 'not_found', 'identifier'],
    ['unmerge', { identifier: named('email', 'no e-mail') }, 404, 'not_found', 'identifier'],
    ['unmerge', { identifier: named('user_id', 'a\u0000b') }, 400, 'invalid_request', 'identifier.value'],
    ['unmerge', { identifier: known }, 409, 'no_merges', 'identifier'],
    ['unmerge', { identifier: { namespace: 'user_id' } }, 400, 'invalid_request', 'identifier.value'],
    ['cannot-link', { a: known }, 400, 'invalid_request', 'b'],
    ['cannot-link', { a: known, b: unknown }, 404, 'not_found', 'b'],
    ['cannot-link', { a: known, b: named('anonymous_id', 'b-1') }, 409, 'inseparable', 'b'],
    ['link', { a: unknown, b: known }, 404, 'not_found', 'a'],
    ['link', { a: known, b: named('user_id', 'x'.repeat(256)) }, 400, 'invalid_request', 'b.value'],
    ['link', { a: known }, 400, 'invalid_request', 'b'],
    ['link', {}, 400, 'invalid_request', 'a'],
    ['link?dryRun=maybe', { a: known, b: known }, 400, 'invalid_request', 'dryRun'],
    ['link?after=soon', { a: known, b: known }, 400, 'invalid_request', 'after'],
  ] as const) {
    const answer = await post(`/v1/identity/${path}`, body)
    expect(answer, `${path} ${JSON.stringify(body)} ${answer.text}`).toMatchObject({
      status,
      json: { error: { code, path: at } },
    })
  }
  expect(await position()).toEqual(before)
  await decide('unmerge', { ledgerId: merge })
  expect(await post('/v1/identity/unmerge', { ledgerId: merge })).toMatchObject({
    status: 409,
    json: { error: { code: 'already_unmerged', path: 'ledgerId' } },
  })
  expect((await server.read('/v1/identity/unmerge', { method: 'POST' })).status).toBe(400)
})

test('one decision given many times at once is taken once', async () => {
  await server.sendAll([login('o-1', { anonymousId: 'o-1' }), { type: 'page', anonymousId: 'o-2' }])
  await server.sendAll([login('o-1', { anonymousId: 'o-2' })])
  await server.settle()
  const ledgerId = await lastMerge('user_id:o-1')
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => post('/v1/identity/unmerge', { ledgerId })),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  for (const { status, json } of answers)
    if (status !== 200) expect(json).toMatchObject({ error: { code: 'already_unmerged' } })
  expect((await ledgerOf('user_id:o-1')).filter(({ kind }) => kind === 'unmerged')).toHaveLength(1)
})

test('a database of before learns who belongs to whom from its rows', async () => {
  const whole = async () =>
    (
      await server.database.query<{ id: number; state: JsonObject }>(
        "select id, state::jsonb as state from fragment where state::jsonb ? 'g' order by id",
      )
    ).rows
  const before = await whole()
  expect(before.length).toBeGreaterThan(0)
  await server.database.query(
    "update fragment set state = (state::jsonb - 'g')::text where state::jsonb ? 'g'",
  )
  expect(await whole()).toEqual([])
  const migration = new URL('../../migrations/0002_identity_undo.sql', import.meta.url)
  await server.database.query(await readFile(migration, 'utf8'))
  expect(await whole()).toEqual(before)
})

test('a merge that was undone is redone by linking the two profiles, tried first; the ledger of both sides says whose word it was and leads to the other', async () => {
  await server.sendAll([
    login('r-1', {}, { name: 'Rita' }),
    { type: 'track', event: 'Signed In', anonymousId: 'r-web', userId: 'r-1' },
    login('r-2', { anonymousId: 'r-app', context: { externalIds: [{ type: 'crm_a', id: 'r-c' }] } }),
    {
      type: 'track',
      event: 'Card Shown',
      userId: 'r-1',
      context: { externalIds: [{ type: 'loyalty_card', id: 'r-card' }] },
    },
    { type: 'track', event: 'Card Shown', context: { externalIds: [{ type: 'loyalty_card', id: 'r-old' }] } },
    {
      type: 'track',
      event: 'Card Renewed',
      timestamp: '2026-10-02T10:00:00.000Z',
      userId: 'r-1',
      context: { externalIds: [{ type: 'loyalty_card', id: 'r-old' }] },
    },
  ])
  await server.settle()
  const whole = await idOf('user_id', 'r-1')
  const merge = (await ledgerOf(whole ?? '')).findLast(({ kind }) => kind === 'merged')
  expect(merge).toMatchObject({
    author: null,
    cause: { type: 'track', name: 'Card Renewed', source: 'website', at: '2026-10-02T10:00:00.000Z' },
  })
  expect(merge?.cause?.identifiers).toEqual(
    expect.arrayContaining([named('user_id', 'r-1'), named('loyalty_card', 'r-old')]),
  )
  const { profiles } = await decide('unmerge', { ledgerId: merge?.id })
  expect(profiles).toHaveLength(2)
  const [a = '', b = ''] = profiles
  const author = { kind: 'key', name: 'AFFLUENT_API_KEY' }
  for (const [own, other] of [
    [a, b],
    [b, a],
  ] as const) {
    expect((await ledgerOf(own)).at(-1)).toMatchObject({ kind: 'unmerged', author, other })
  }

  const tried = await post('/v1/identity/link?dryRun=true', { profiles })
  expect(tried).toMatchObject({
    status: 200,
    json: { profiles: [whole], changes: { before: expect.any(Array) } },
  })
  expect(await idOf('loyalty_card', 'r-old')).not.toBe(await idOf('user_id', 'r-1'))
  await decide('link', { profiles })
  expect(await idOf('loyalty_card', 'r-old')).toBe(whole)
  const last = (await ledgerOf(whole ?? '')).at(-1)
  expect(last).toMatchObject({ kind: 'merged', rule: 'reviewer', author, other: null, cause: null })

  const again = await post('/v1/identity/link', { profiles })
  expect(again).toMatchObject({ status: 200, json: { profiles: [whole] } })
  expect((await ledgerOf(whole ?? '')).at(-1)?.id).toBe(last?.id)

  // what joined them may do so again: no reviewer parts them any more
  const redone = await decide('unmerge', { ledgerId: last?.id })
  expect(redone.profiles).toHaveLength(2)
  await decide('link', { a: named('user_id', 'r-1'), b: named('loyalty_card', 'r-old') })
  expect(await idOf('loyalty_card', 'r-old')).toBe(whole)
})

test('a link of profiles that are none, of one profile with itself, and a body of both forms are told apart', async () => {
  await server.sendAll([login('s-1')])
  await server.settle()
  const one = await idOf('user_id', 's-1')
  expect(await post('/v1/identity/link', { profiles: [one, 'prf_aaaaaaaaaaaaa'] })).toMatchObject({
    status: 404,
  })
  expect(await post('/v1/identity/link', { profiles: ['nobody', one] })).toMatchObject({
    status: 404,
    json: { error: { path: 'profiles.0' } },
  })
  expect(await post('/v1/identity/link', { profiles: [one] })).toMatchObject({ status: 400 })
  expect(await post('/v1/identity/link', { profiles: [one, one], a: named('user_id', 's-1') })).toMatchObject(
    { status: 400 },
  )
  expect(await post('/v1/identity/link', { profiles: [one, one] })).toMatchObject({
    status: 200,
    json: { profiles: [one] },
  })
  expect(await post('/v1/identity/link', { profiles: [one, one], dryRun: true })).toMatchObject({
    status: 400,
  })
})
