import { arbitraryCondition } from '@affluent/core/condition/testing/arbitrary-condition'
import type { Json } from '@affluent/protocol/event'
import fc from 'fast-check'
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
import { addNode, nextId } from './condition-model.ts'
import { LEAF_KINDS, newLeaf } from './leaves/leaf-forms.ts'

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

test('a part that the builder has no fields for stays in the builder as JSON', () => {
  const rich: Json = { any: [{ not: { audience: 'a' } }, { audience: 'b' }] }
  const draft = { ...EMPTY_DRAFT, ...conditionOf(rich) }
  expect(draft.json).toBeNull()
  expect(readDraft(draft).condition).toEqual(rich)
})

test('what is unfinished is kept on the way through JSON, looked at or changed, and stands in the way of saving', () => {
  const { parts } = conditionOf({ all: [{ audience: 'a' }, { not: { audience: 'b' } }] })
  const unfinished = addNode(addNode(parts, parts.exclude.id, newLeaf('trait', 8)), parts.include.id, {
    ...newLeaf('event', 9),
    kind: 'share',
    seed: 'x',
    from: { typed: '1,,5' },
    to: 10,
  })
  const draft = { ...EMPTY_DRAFT, parts: unfinished }
  const text = asJson(draft)
  expect(readDraft(text).incomplete).toHaveLength(2)
  expect(asParts(text)).toEqual(draft)
  const changed = asParts({ ...text, json: '{"audience":"c"}' })
  expect(readDraft(changed ?? draft)).toMatchObject({ condition: { audience: 'c' } })
  expect(readDraft(changed ?? draft).incomplete).toHaveLength(2)
  expect(changed?.parts.exclude.of).toMatchObject([{ kind: 'trait' }])
  expect(changed?.parts.include.of).toMatchObject([
    { audience: 'c' },
    { kind: 'share', from: { typed: '1,,5' } },
  ])
  const emptied = asParts({ ...text, json: '' })
  expect(readDraft(emptied ?? draft)).toMatchObject({
    condition: null,
    incomplete: [expect.anything(), expect.anything()],
  })
})

test('builder, JSON and builder again: whatever is drawn, complete or not, is there afterwards', () => {
  const kind = fc.constantFrom(...LEAF_KINDS)
  fc.assert(
    fc.property(
      arbitraryCondition,
      fc.array(fc.tuple(kind, fc.boolean()), { maxLength: 3 }),
      (condition, added) => {
        let { parts } = conditionOf(JSON.parse(JSON.stringify(condition)) as Json)
        for (const [each, isIn] of added)
          parts = addNode(parts, isIn ? parts.include.id : parts.exclude.id, newLeaf(each, nextId(parts)))
        const draft = { ...EMPTY_DRAFT, parts }
        expect(asParts(asJson(draft))).toEqual(draft)
        const kept = readKeptDraft(JSON.stringify(asJson(draft)))
        expect(asParts(kept ?? draft)).toEqual(draft)
      },
    ),
  )
})

test('JSON that is broken is said to be so, and no JSON is no condition', () => {
  expect(readDraft({ ...EMPTY_DRAFT, json: '{"all":' }).hasJsonFault).toBe(true)
  expect(readDraft({ ...EMPTY_DRAFT, json: ' ' })).toMatchObject({ condition: null, hasJsonFault: false })
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
