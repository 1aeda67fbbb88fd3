import type { PipelineAnswer } from '@affluent/protocol/endpoints/pipeline'
import type { SourceAnswer } from '@affluent/protocol/endpoints/sources'
import { expect, test } from 'vitest'
import { placesIn } from '../../app/places.ts'
import { ROOMS } from '../rooms.ts'
import { riverOf, widthOf } from './river-model.ts'

const NONE_OPEN = { refused: 0, quarantined: 0, filtered: 0 }

const PIPELINE: PipelineAnswer = {
  deliveries: { queued: 4, delivered: 70, failed: 1, held: 0, cancelled: 0 },
  ...{ accepted: 100, processed: 90, loaded: 80, stored: 80, duplicates: 6, filtered: 3, quarantined: 1 },
  ...{ erased: 0, refused: 2, lagMs: 12, lagMaxMs: 60_000, timersLagMs: 0 },
  dedupeWindow: { days: 30, since: '2026-10-23', maxIds: 1 },
}
const source = (slug: string, lastHour: number): SourceAnswer => ({
  ...{ slug, lastHour, name: slug, kind: 'http', enabled: true, writeKey: 'wk', lastEventAt: null },
  writeKeys: [],
  ...{ version: 0, changedBy: null },
  warnings: [],
})
const places = placesIn(ROOMS, 'main')

test('tributaries carry their share of the last hour, the strongest first', () => {
  const { sources } = riverOf(PIPELINE, {}, [source('till', 25), source('web', 75)], [], NONE_OPEN, places)
  expect(sources.map(({ key, share }) => [key, share])).toEqual([
    ['web', 0.75],
    ['till', 0.25],
  ])
})

test('where nothing has flowed, all tributaries are alike', () => {
  const { sources } = riverOf(PIPELINE, {}, [source('a', 0), source('b', 0)], [], NONE_OPEN, places)
  expect(sources.map(({ share }) => share)).toEqual([0.5, 0.5])
})

test('each band leads to the events behind it', () => {
  const { losses } = riverOf(PIPELINE, { quarantined: 2 }, [], [], NONE_OPEN, places)
  const quarantined = losses.find(({ name }) => name === 'quarantined')
  expect(quarantined).toMatchObject({ rate: 2, total: 1, href: '/w/main/live?outcome=quarantined' })
})

test('the delta carries what was delivered; the rest is counted beside it', () => {
  const { delivered, deliveries } = riverOf(PIPELINE, { delivered: 3 }, [], [], NONE_OPEN, places)
  expect(delivered).toMatchObject({ rate: 3, total: 70 })
  expect(deliveries.map(({ name, total }) => [name, total])).toEqual([
    ['queued', 4],
    ['failed', 1],
    ['held', 0],
  ])
})

test('arms beyond five are counted together', () => {
  const { sources } = riverOf(
    PIPELINE,
    {},
    'abcdefg'.split('').map((slug) => source(slug, 1)),
    [],
    NONE_OPEN,
    places,
  )
  expect(sources.map(({ key }) => key)).toEqual(['a', 'b', 'c', 'd', 'others'])
  expect(sources.at(-1)).toMatchObject({ others: 3, recent: 3, href: '/w/main/sources' })
  expect(sources.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
})

test('a band grows with its rate and stays in bounds', () => {
  const widths = [0, 0.2, 1, 10, 1_000, 1e9].map(widthOf)
  expect(widths).toEqual(widths.toSorted((a, b) => a - b))
  expect([widths[0], widths.at(-1)]).toEqual([3, 56])
})

test('what waits for somebody is counted, and the band leads to it alone', () => {
  const open = { refused: 0, quarantined: 2, filtered: 0 }
  const { losses } = riverOf(PIPELINE, {}, [], [], open, places)
  const quarantined = losses.find(({ name }) => name === 'quarantined')
  expect(quarantined?.open).toBe(2)
  expect(quarantined?.href).toContain('handling=open')
  expect(losses.find(({ name }) => name === 'refused')?.href).not.toContain('handling')
})
