import type { Json } from '@affluent/protocol/event'
import { expect, test } from 'vitest'
import {
  asJson,
  asParts,
  audiencesIn,
  conditionOf,
  EMPTY_DRAFT,
  freeKey,
  isKey,
  readDraft,
  readKeptDraft,
  renamed,
} from './audience-draft.ts'

test('the key follows the name until somebody types one', () => {
  const draft = renamed(EMPTY_DRAFT, 'Été à Paris', new Set())
  expect(draft.key).toBe('ete-a-paris')
  expect(renamed({ ...draft, key: 'mine', hasOwnKey: true }, 'Hiver', new Set()).key).toBe('mine')
})

test('a key that is taken gets a number, and there is always one', () => {
  expect(freeKey('VIP', new Set(['vip', 'vip-2']))).toBe('vip-3')
  expect(freeKey('!!!', new Set())).toBe('audience')
  expect(freeKey('  ', new Set())).toBe('')
  for (const name of ['2026 buyers', 'Œuvre', 'x'.repeat(200), '日本'])
    expect(isKey(freeKey(name, new Set()))).toBe(true)
})

test('builder and JSON hold the same condition', () => {
  const draft = { ...EMPTY_DRAFT, ...conditionOf({ all: [{ audience: 'a' }, { not: { audience: 'b' } }] }) }
  expect(draft.json).toBeNull()
  const text = asJson(draft)
  expect(readDraft(text).condition).toEqual(readDraft(draft).condition)
  expect(asParts(text)?.parts).toEqual(draft.parts)
})

test('what the builder cannot show is edited as JSON from the start', () => {
  const rich: Json = { any: [{ not: { audience: 'a' } }, { audience: 'b' }] }
  const draft = { ...EMPTY_DRAFT, ...conditionOf(rich) }
  expect(readDraft(draft).condition).toEqual(rich)
  expect(asParts(draft)).toBeUndefined()
})

test('JSON that is broken is said to be so, and no JSON is no condition', () => {
  expect(readDraft({ ...EMPTY_DRAFT, json: '{"all":' }).jsonFault).toBeTruthy()
  expect(readDraft({ ...EMPTY_DRAFT, json: ' ' })).toMatchObject({ condition: null, jsonFault: undefined })
  expect(asParts({ ...EMPTY_DRAFT, json: '{"all":' })).toBeUndefined()
  expect(asParts({ ...EMPTY_DRAFT, json: '' })?.json).toBeNull()
})

test('a kept draft comes back as it was; anything else is no draft', () => {
  const draft = { ...EMPTY_DRAFT, name: 'VIP', ...conditionOf({ audience: 'a' }) }
  expect(readKeptDraft(JSON.stringify(draft))).toEqual(draft)
  for (const text of [
    null,
    '',
    'null',
    '{}',
    '{"parts":{}}',
    '{"name":1,"parts":{"include":{"of":[]},"exclude":{"of":[]}}}',
  ])
    expect(readKeptDraft(text)).toBeUndefined()
})

test('the audiences that a condition names are found at any depth', () => {
  const condition: Json = {
    all: [
      { audience: 'a' },
      { any: [{ audience: 'b' }, { not: { audience: 'c' } }] },
      { trait: 'audience', op: 'exists' },
    ],
  }
  expect(audiencesIn(condition)).toEqual(['a', 'b', 'c'])
  expect(audiencesIn({ event: 'x', where: [{ property: 'audience', op: 'exists' }] })).toEqual([])
})
