import { setTimeout as pause } from 'node:timers/promises'
import { type Endpoint, namesIn } from '@affluent/protocol/endpoint'
import { ENDPOINTS } from '@affluent/protocol/endpoints'
import type { JsonObject } from '@affluent/protocol/event'
import { seenAs } from '@affluent/protocol/permission'
import { ROLES, type Role } from '@affluent/protocol/role'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ConsoleSession, signIn } from '../testing/console-session.ts'
import { signInAs } from '../testing/member-session.ts'
import { type Answer, startTestServer, type TestServer } from '../testing/test-server.ts'
import { WebhookReceiver } from '../testing/webhook-receiver.ts'

/** Values that stand for a person and nowhere else. */
const MARKERS = {
  email: 'zq-mark@example.com',
  second: 'zq.second@example.com',
  phone: '+33698765432',
  firstName: 'Zqfirst',
  lastName: 'Zqlast',
  street: '77 Zqstreet',
  postalCode: '99877',
  latitude: 48.8561234,
  /** what is kept of an address */
  ip: '198.51.100.',
}
const TEXTS = Object.values(MARKERS).map(String)

let server: TestServer
let receiver: WebhookReceiver
let owner: ConsoleSession
const sessions = new Map<Role, ConsoleSession>()
const ids = {
  profile: '',
  event: '',
  refused: '',
  delivery: '',
  outcome: '',
  destination: '',
  connection: '',
}

beforeAll(async () => {
  server = await startTestServer({ networks: '127.0.0.0/8' })
  receiver = await WebhookReceiver.start(() => ({ status: 500, body: `no ${MARKERS.email}` }))
  owner = await signIn(server.url)
  sessions.set('owner', owner)
  for (const role of ROLES.slice(1)) sessions.set(role, await signInAs(server, owner, role))
  await makePeople()
})

afterAll(async () => {
  await receiver.stop()
  await server.stop()
})

async function makePeople(): Promise<void> {
  const destination = await post('/v1/destinations', {
    type: 'webhook',
    name: 'CRM',
    settings: { url: receiver.url },
  })
  ids.destination = (destination['destination'] as JsonObject)['id'] as string
  const connection = await post('/v1/connections', {
    from: { source: '*' },
    destination: ids.destination,
    // a mapping gives a personal value any name
    mapping: { fields: { x: { trait: 'firstName' }, y: { path: 'properties.email' }, z: { path: 'event' } } },
    filter: {
      any: [
        { event: 'Order Completed' },
        { event: 'Never', where: [{ property: 'email', op: 'equals', value: MARKERS.email }] },
      ],
    },
  })
  ids.connection = (connection['connection'] as JsonObject)['id'] as string
  const { email, phone, firstName, lastName, street, postalCode, latitude, ip, second } = MARKERS
  const address = { street, postalCode, city: 'Lyon', country: 'FR' }
  const location = { latitude, longitude: 2.1, city: 'Lyon' }
  await server.sendAll([
    {
      type: 'identify',
      userId: 'u1',
      traits: { email, phone, firstName, lastName, address, plan: 'pro', note: `is ${email}` },
    },
    {
      type: 'identify',
      userId: 'u2',
      traits: { email: second, name: `${firstName} ${lastName}`, plan: 'free' },
    },
    {
      ...{
        type: 'track',
        userId: 'u1',
        event: 'Order Completed',
        messageId: 'order-1',
        context: { ip: `${ip}77`, location },
      },
      properties: {
        email,
        revenue: 5,
        deep: [{ customer: { firstName, lastName } }],
        url: `https://s.example/?email=${encodeURIComponent(email)}`,
      },
    },
    {
      type: 'track',
      userId: 'u1',
      event: 'Order Completed',
      messageId: 'order-1',
      properties: { email, revenue: 6 },
    },
    {
      type: 'page',
      anonymousId: 'a1',
      userId: 'u1',
      name: 'Home',
      properties: { search: `#email=${email}` },
    },
    // the same person by an address: a merge
    { type: 'identify', anonymousId: 'a2', traits: { email, lastName } },
  ])
  await server.send('/v1/track', { userId: 'u1', properties: { email, firstName }, timestamp: `${email}` })
  await server.settle()
  await server.putAudience({ key: 'all', condition: { trait: 'email', op: 'exists' } })
  await server.putAudience({
    key: 'one',
    condition: { trait: 'email', op: 'equals', value: email },
    population: 'all',
  })
  await server.audienceLive('all')
  await server.audienceLive('one')
  ids.profile = (await server.profile('user_id', 'u1'))?.id ?? ''
  const { json } = await server.read('/v1/events?limit=50')
  const events = json['events'] as JsonObject[]
  ids.event = events.find(({ type, outcome }) => type === 'track' && outcome === 'processed')?.[
    'id'
  ] as string
  ids.refused = events.find(({ outcome }) => outcome === 'refused')?.['id'] as string
  ids.outcome = (await server.outcomes('refused'))[0]?.id ?? ''
  for (let attempts = 0; attempts === 0; await pause(50)) {
    const listed = (await server.read('/v1/deliveries')).json['deliveries'] as JsonObject[]
    ids.delivery = (listed[0]?.['id'] ?? '') as string
    attempts = (listed[0]?.['attempts'] as unknown[] | undefined)?.length ?? 0
  }
}

async function post(path: string, body: unknown): Promise<JsonObject> {
  const answer = await server.write(path, 'POST', body)
  expect(answer, answer.text).toMatchObject({ status: 201 })
  return answer.json
}

/** What every call that shows something is asked with, so that it shows as much as it can. */
const ASKED: Readonly<Record<string, readonly string[]>> = {
  getEvent: ['event', 'refused'],
  explainMembership: ['?audience=all', '?audience=one'],
  listCatalogueValues: [
    '?trait=plan',
    '?trait=note',
    '?trait=email',
    '?event=Order Completed&property=url',
    '?event=Order Completed&property=email',
    '?trait=note&prefix=is',
  ],
  listEventProperties: ['?event=Order Completed'],
  searchProfiles: ['', '?search=PROFILE', '?search=user_id:u1', '?search=Zq', '?search=zq-mark'],
}

function pathsOf(endpoint: Endpoint): string[] {
  const { operationId, path, tag } = endpoint
  const variants = ASKED[operationId] ?? ['']
  return variants.map((variant) => {
    const filled = namesIn(path).reduce(
      (text, name) => text.replace(`{${name}}`, idFor(name, tag, variant, path)),
      path,
    )
    return variant.startsWith('?') ? `${filled}${encodeURI(variant.replace('PROFILE', ids.profile))}` : filled
  })
}

function idFor(name: string, tag: string, variant: string, path: string): string {
  if (name === 'slug') return 'main'
  if (name === 'key') return 'one'
  if (tag === 'Profiles') return ids.profile
  if (path.startsWith('/v1/events')) return variant === 'refused' ? ids.refused : ids.event
  if (path.startsWith('/v1/deliveries')) return ids.delivery
  if (path.startsWith('/v1/outcomes')) return ids.outcome
  return path.startsWith('/v1/destinations') ? ids.destination : ids.connection
}

const PREVIEWS: readonly (readonly [path: string, body: unknown])[] = [
  ['/v1/audiences/preview', { condition: { trait: 'plan', op: 'exists' } }],
  ['/v1/audiences/preview', { condition: { trait: 'plan', op: 'equals', value: 'prq' }, population: 'all' }],
  ['/v1/audiences/preview', { condition: { trait: 'note', op: 'equals', value: 'is zq-mark@example.co' } }],
  ['/v1/audiences/preview', { condition: { trait: 'firstName', op: 'equals', value: 'Zqfirs' } }],
  [
    '/v1/connections/preview',
    {
      from: { source: '*' },
      mapping: {
        fields: {
          a: { trait: 'firstName' },
          b: { path: 'properties.email' },
          c: { path: 'properties.deep' },
          d: { trait: 'address' },
          e: { path: 'context' },
        },
      },
    },
  ],
  ['/v1/connections/preview', { from: { source: '*' } }],
  ['/v1/connections/preview', { from: { audience: 'all' } }],
]

/** Every call that shows something, and what it answered. */
async function scan(session: ConsoleSession): Promise<{ readonly call: string; readonly answer: Answer }[]> {
  const shown: { call: string; answer: Answer }[] = []
  for (const endpoint of ENDPOINTS) {
    if (endpoint.method !== 'GET' || endpoint.access !== 'workspace') continue
    for (const path of pathsOf(endpoint)) shown.push({ call: path, answer: await session.ask(path) })
  }
  for (const [path, body] of PREVIEWS)
    shown.push({
      call: `${path} ${JSON.stringify(body)}`,
      answer: await session.ask(path, { method: 'POST', body }),
    })
  return shown
}

function markersIn({ text, json }: Answer): string[] {
  const raws = JSON.stringify(json).match(/"raw":"([A-Za-z0-9+/=]{8,})"/g) ?? []
  const whole = [text, ...raws.map((raw) => Buffer.from(raw.slice(7, -1), 'base64').toString('utf8'))].join(
    '\n',
  )
  return TEXTS.filter(
    (marker) =>
      whole.includes(marker) || whole.toLowerCase().includes(encodeURIComponent(marker).toLowerCase()),
  )
}

/** Whoever may write a definition may read it: it says nothing of what there is. */
const OWN_DEFINITIONS: Readonly<Partial<Record<Role, string>>> = {
  marketer: '/v1/audiences',
  developer: '/v1/connections',
}

const MASKED_ROLES = ROLES.filter((role) => seenAs('profiles:read', role) === 'masked')

test('an owner sees every marker, and what is left out is named nowhere', async () => {
  const shown = await scan(owner)
  const seen = new Set(shown.flatMap(({ answer }) => markersIn(answer)))
  expect([...seen].sort()).toEqual([...TEXTS].sort())
  expect(shown.filter(({ answer }) => markersIn(answer).length > 0).length).toBeGreaterThan(20)
  expect(shown.filter(({ answer }) => 'masked' in answer.json)).toEqual([])
  const wrong = shown.filter(({ answer, call }) => answer.status !== 200 && !call.includes('rotate'))
  expect(wrong.map(({ call, answer }) => `${call}: ${answer.text}`)).toEqual([])
})

test.each(MASKED_ROLES)('a %s finds no marker in any answer', async (role) => {
  const shown = await scan(sessions.get(role) as ConsoleSession)
  const own = OWN_DEFINITIONS[role]
  const isOwn = (call: string) => call === own || call === `${own}/one`
  const wrong = shown.filter(
    ({ call, answer }) => answer.status >= 500 || (markersIn(answer).length > 0 && !isOwn(call)),
  )
  expect(
    wrong.map(({ call, answer }) => `${call}: ${answer.status} ${markersIn(answer)} ${answer.text}`),
  ).toEqual([])
  const answered = shown.filter(({ answer }) => answer.status === 200)
  expect(answered.length).toBeGreaterThan(15)
  expect(
    answered.filter(({ answer }) => (answer.json['masked'] as unknown as string[] | undefined)?.length)
      .length,
  ).toBeGreaterThan(5)
})

test('what is left out is named', async () => {
  const marketer = sessions.get('marketer') as ConsoleSession
  const { json } = await marketer.ask(`/v1/profiles/${ids.profile}`)
  expect(json).toMatchObject({
    profile: { id: ids.profile, traits: { plan: 'pro', address: { city: 'Lyon', country: 'FR' } } },
  })
  expect(json['masked']).toEqual(
    expect.arrayContaining(['profile.traits.email', 'profile.traits.address.street', 'profile.traits.note']),
  )
  const member = (await marketer.ask('/v1/audiences/all/members')).json
  expect((member['members'] as unknown[]).length).toBe(2)
})

const ASKING_PEOPLE = [
  ...[
    '/v1/profiles?search=zq',
    `/v1/profiles?search=${MARKERS.email}`,
    '/v1/profiles?search=nobody@example.com',
  ],
  ...[
    '/v1/profiles?search=Zqfirst',
    '/v1/profiles?search=0698765432',
    '/v1/profiles?search=email:nobody@example.com',
  ],
  ...[
    `/v1/profiles/email:${MARKERS.email}`,
    '/v1/profiles/email:nobody@example.com/events',
    '/v1/profiles/phone:1/graph',
  ],
  ...['/v1/profiles/email:x/ledger', '/v1/profiles/email:x/why?audience=all'],
]

test.each(['analyst', 'developer', 'viewer'] as const)(
  'a %s learns from no search whether an address is there',
  async (role) => {
    const session = sessions.get(role) as ConsoleSession
    const said = new Set<string>()
    for (const path of ASKING_PEOPLE) {
      const answer = await session.ask(path)
      expect(answer, path).toMatchObject({
        status: 403,
        json: { error: { code: 'not_allowed', needs: 'personal-values:search' } },
      })
      said.add((answer.json['error'] as { message: string }).message)
      expect(markersIn(answer)).toEqual([])
    }
    expect(said.size).toBe(2)
    expect((await session.ask('/v1/profiles?search=user_id:u1')).json).toMatchObject({
      profiles: [{ id: ids.profile, title: ids.profile }],
    })
    expect((await session.ask('/v1/profiles?search=user_id:u')).json).toMatchObject({ profiles: [] })
    const events = await session.ask(`/v1/events?identifier=${MARKERS.email}`)
    expect(events.status).toBe(403)
  },
)

test('a marketer may look somebody up by an address that is known, and sees them masked', async () => {
  const marketer = sessions.get('marketer') as ConsoleSession
  const found = await marketer.ask(`/v1/profiles?search=${MARKERS.email}`)
  expect(found.json).toMatchObject({
    profiles: [{ id: ids.profile, title: ids.profile, match: { namespace: 'email', value: '' }, beside: [] }],
  })
  expect(markersIn(found)).toEqual([])
})

test('an analyst probes no personal value by a preview, an audience or a filter', async () => {
  const analyst = sessions.get('analyst') as ConsoleSession
  const probe = { trait: 'email', op: 'starts_with', value: 'zq' }
  const refused = {
    status: 403,
    json: { error: { code: 'not_allowed', needs: 'personal-values:ask', path: 'condition' } },
  }
  for (const condition of [probe, { not: probe }, { trait: 'note', op: 'equals', value: MARKERS.email }]) {
    expect(await analyst.ask('/v1/audiences/preview', { method: 'POST', body: { condition } })).toMatchObject(
      refused,
    )
    const body = { key: 'probe', condition }
    expect(await analyst.ask('/v1/audiences', { method: 'POST', body })).toMatchObject(refused)
    expect(await analyst.ask('/v1/audiences/all', { method: 'PUT', body: { condition } })).toMatchObject(
      refused,
    )
  }
  const has = {
    condition: {
      all: [
        { trait: 'email', op: 'exists' },
        { trait: 'plan', op: 'equals', value: 'pro' },
      ],
    },
  }
  expect(await analyst.ask('/v1/audiences/preview', { method: 'POST', body: has })).toMatchObject({
    status: 200,
    json: { size: 1, sample: [{ profileId: ids.profile, title: '' }] },
  })
  const developer = sessions.get('developer') as ConsoleSession
  const filter = { event: 'Order Completed', where: [{ property: 'email', op: 'starts_with', value: 'zq' }] }
  const body = { from: { source: '*' }, filter }
  expect(await developer.ask('/v1/connections/preview', { method: 'POST', body })).toMatchObject({
    status: 403,
  })
  expect((await analyst.ask('/v1/catalogue/values?trait=email')).status).toBe(403)
})

test('an analyst who renames an audience of somebody else does not see its value', async () => {
  const analyst = sessions.get('analyst') as ConsoleSession
  const renamed = await analyst.ask('/v1/audiences/one', { method: 'PUT', body: { name: 'One' } })
  expect(renamed).toMatchObject({
    status: 200,
    json: { name: 'One', condition: { trait: 'email', op: 'equals' }, masked: ['condition.value'] },
  })
  expect(markersIn(renamed)).toEqual([])
  expect((await owner.ask('/v1/audiences/one')).json).toMatchObject({ condition: { value: MARKERS.email } })
})

test('a developer replays a refused event without seeing what it says of people', async () => {
  const developer = sessions.get('developer') as ConsoleSession
  const again = await developer.ask(`/v1/outcomes/${ids.outcome}/replay`, { method: 'POST', body: {} })
  expect(markersIn(again)).toEqual([])
  expect([200, 400]).toContain(again.status)
})

test('keys see everything', async () => {
  const { json, text } = await server.read(`/v1/profiles/${ids.profile}`)
  expect(json).toMatchObject({ profile: { traits: { email: MARKERS.email } } })
  expect(text).not.toContain('"masked"')
})
