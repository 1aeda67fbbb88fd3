import type { JsonObject } from '@affluent/protocol/event'
import type { Masking } from '@affluent/protocol/masking'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Base64, maskAnswer, maskJson, maskMessage } from './mask-answer.ts'

/** Stands for base64: whatever is no plain text. */
const BASE64: Base64 = {
  decode: (text) => [...text].toReversed().join(''),
  encode: (text) => [...text].toReversed().join(''),
}

const mask = (answer: JsonObject, places: Masking['answer']) => maskAnswer(answer, { answer: places }, BASE64)

test('traits: personal ones are left out and named, city and country stay', () => {
  const answer = {
    profile: {
      traits: {
        email: 'ada@example.com',
        emailVerified: true,
        plan: 'pro',
        address: { street: '1 Rue X', city: 'Paris', country: 'FR', postalCode: '75001' },
        company: { name: 'Engines Ltd', phone: '+44 20 7946 0000' },
        note: 'wrote to ada@example.com',
      },
    },
  }
  expect(mask(answer, { 'profile.traits': 'json' })).toEqual({
    profile: {
      traits: {
        emailVerified: true,
        plan: 'pro',
        address: { city: 'Paris', country: 'FR' },
        company: { name: 'Engines Ltd' },
      },
    },
    masked: [
      'profile.traits.email',
      'profile.traits.address.street',
      'profile.traits.address.postalCode',
      'profile.traits.company.phone',
      'profile.traits.note',
    ],
  })
})

test('identifiers keep their namespace; what names nobody keeps its value', () => {
  const identifiers = [
    { namespace: 'user_id', value: 'u1' },
    { namespace: 'email', value: 'ada@example.com' },
    { namespace: 'user_id', value: 'bob@example.com' },
  ]
  expect(mask({ identifiers }, { 'identifiers[]': 'identifier' })).toEqual({
    identifiers: [identifiers[0], { namespace: 'email', value: '' }, { namespace: 'user_id', value: '' }],
    masked: ['identifiers.1.value', 'identifiers.2.value'],
  })
})

test('a personal value is left out under any other name too', () => {
  const answer = {
    profiles: [{ id: 'prf_1', title: 'Ada Lovelace' }],
    traits: { firstName: 'Augusta', nick: 'say augusta!', url: 'https://x.example/Augusta%20A' },
    reason: 'Augusta said so.',
  }
  expect(mask(answer, { 'profiles[].title': 'title', traits: 'json', reason: 'text' })).toEqual({
    profiles: [{ id: 'prf_1', title: 'prf_1' }],
    traits: {},
    reason: '',
    masked: ['profiles.0.title', 'traits.firstName', 'traits.nick', 'traits.url', 'reason'],
  })
})

test('an event keeps what is its own, also when somebody is called so', () => {
  const event = {
    ...{ type: 'page', name: 'Home', messageId: 'm-1', source: 'home' },
    ...{ properties: { email: 'track' }, traits: { firstName: 'page' }, context: { ip: '10.0.0.1' } },
  }
  expect(mask({ events: [event] }, { 'events[]': 'event' })).toMatchObject({
    events: [{ type: 'page', name: 'Home', messageId: 'm-1', source: 'home', properties: {}, context: {} }],
  })
  const identify = { type: 'identify', name: 'Ada' }
  expect(mask({ events: [identify] }, { 'events[]': 'event' })).toMatchObject({
    events: [{ type: 'identify' }],
    masked: ['events.0.name'],
  })
})

test('raw events are masked inside; what cannot be read is left out', () => {
  const raw = '{"type":"track","properties":{"email":"ada@example.com","n":1}}'
  const answer = mask(
    { raw, bytes: BASE64.encode(raw), plain: '{"type":"track"}', broken: '{"email":"ada' },
    { raw: 'raw', bytes: 'base64', plain: 'raw', broken: 'raw' },
  )
  expect(answer).toEqual({
    raw: '{"type":"track","properties":{"n":1}}',
    bytes: BASE64.encode('{"type":"track","properties":{"n":1}}'),
    plain: '{"type":"track"}',
    broken: null,
    masked: ['raw.properties.email', 'bytes.properties.email', 'broken'],
  })
})

test('a condition keeps its fields and loses the values of personal ones', () => {
  const condition = {
    all: [
      { trait: 'email', op: 'ends_with', value: 'example.com' },
      { trait: 'email', op: 'exists' },
      { trait: 'plan', op: 'equals', value: 'pro' },
      { event: 'Order', where: [{ property: 'address.street', op: 'equals', value: 'Rue X' }] },
      { each: 'contacts[]', where: [{ property: 'phone', op: 'equals', value: '1' }] },
    ],
  }
  expect(mask({ condition }, { condition: 'condition' })).toEqual({
    condition: {
      all: [
        { trait: 'email', op: 'ends_with' },
        condition.all[1],
        condition.all[2],
        { event: 'Order', where: [{ property: 'address.street', op: 'equals' }] },
        { each: 'contacts[]', where: [{ property: 'phone', op: 'equals' }] },
      ],
    },
    masked: ['condition.all.0.value', 'condition.all.3.where.0.value', 'condition.all.4.where.0.value'],
  })
})

test('why: the value that decided a leaf about a personal field is left out', () => {
  const leaves = [
    { leaf: { trait: 'email', op: 'exists' }, because: { value: 'Ada', position: 1 } },
    { leaf: { trait: 'plan', op: 'exists' }, because: { value: 'pro', position: 1 } },
  ]
  expect(mask({ leaves }, { 'leaves[]': 'evidence' })).toEqual({
    leaves: [{ ...leaves[0], because: {} }, leaves[1]],
    masked: ['leaves.0.because'],
  })
})

test('nothing is masked where nothing is personal', () => {
  const answer = { traits: { plan: 'pro', n: 1, is: true, none: null, list: [1, 'a', {}] } }
  expect(mask(answer, { traits: 'json' })).toEqual({ ...answer, masked: [] })
})

test('a message does not quote', () => {
  expect(maskMessage('There is no "ada@example.com" or ada%40example.com here.')).not.toContain('example')
  expect(maskMessage('There is no audience "vip".')).toBe('There is no audience "vip".')
})

const PERSONAL = ['email', 'phone', 'firstName', 'last_name', 'ip', 'street', 'latitude', 'customerEmail']
const OPEN = ['plan', 'note', 'city', 'list', 'deep', 'n']
/** Long enough that nothing else holds it by chance. */
const marker = fc.stringMatching(/^[a-zA-Zé"\\ ]{4,12}[0-9]{6}$/)

/** JSON with the personal values that are in it. */
const customerJson = fc.letrec<{ value: unknown; object: object }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.boolean(),
    fc.integer(),
    marker,
    fc.array(tie('object'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.constantFrom(...OPEN), tie('value'), { maxKeys: 4 }),
})).object

test('after masking no personal value is anywhere in the text of the answer', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...PERSONAL), marker), { minLength: 1, maxLength: 5 }),
      customerJson,
      fc.constantFrom('beside', 'inside', 'in a text', 'in a list'),
      (personal, json, where) => {
        const own = Object.fromEntries(personal)
        const values = Object.values(own)
        const told: Record<string, unknown> = {
          beside: { ...json, own, again: values[0] },
          inside: { ...json, deep: { deeper: { ...own, list: values } } },
          'in a text': { ...json, own, note: `said: ${values.at(-1)}.` },
          'in a list': { ...json, list: [own, `${values[0]}`, [values]] },
        }
        const traits = told[where] as JsonObject
        const raw = JSON.stringify({ type: 'track', properties: traits })
        const answer = mask(
          {
            traits,
            raw,
            reason: `because ${values[0]}`,
            identifiers: [{ namespace: 'crm', value: values[0] ?? '' }],
            title: `${values[0]} ${values.at(-1)}`,
          },
          { traits: 'json', raw: 'raw', reason: 'text', 'identifiers[]': 'identifier', title: 'title' },
        )
        const text = `${JSON.stringify(answer)}${String(answer['raw'])}`
        for (const value of values) {
          expect(text).not.toContain(value)
          expect(text).not.toContain(JSON.stringify(value).slice(1, -1))
        }
        expect(JSON.stringify(maskJson(traits))).not.toContain(values[0])
      },
    ),
  )
})

test('an event that was refused since it is nested too deep is hidden whole, and the answer comes', () => {
  const raw = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`
  const answer = { event: { raw, payload: BASE64.encode(raw) } }
  expect(mask(answer, { 'event.raw': 'raw', 'event.payload': 'base64' })).toEqual({
    event: { raw: null, payload: null },
    masked: ['event.raw', 'event.payload'],
  })
})
