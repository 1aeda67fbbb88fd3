import type { Json } from '@affluent/protocol/event'
import { EVENT_SERIES_MAX, WORKSPACE_SERIES_MAX } from '@affluent/protocol/limits'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ConditionError } from '../condition/condition-error.ts'
import { parseCondition } from '../condition/parse-condition.ts'
import { AudienceCatalog, neededSeries } from './audience-catalog.ts'
import { checkSeries, type SeriesLoad, seriesLoad } from './check-series.ts'

const load = (...conditions: Json[]) =>
  seriesLoad(
    conditions.map((condition) => parseCondition(condition, 'UTC')),
    'UTC',
  )

test('what asks the same events in the same way costs once, whatever its threshold', () => {
  expect(load({ trait: 'plan', op: 'exists' })).toEqual({ series: 0, ofOneEvent: 0, event: undefined })
  expect(
    load(
      { event: 'Viewed', count: { op: 'gte', value: 1 } },
      { any: [{ event: 'Viewed', count: { op: 'gte', value: 2 } }, { event: 'Ordered' }] },
    ),
  ).toEqual({ series: 2, ofOneEvent: 1, event: 'Viewed' })
})

test('an event costs all patterns that its name fits', () => {
  const conditions = [{ event: 'Order*' }, { event: 'Order Comp*' }, { event: ['Order Completed', 'Viewed'] }]
  expect(load(...conditions)).toEqual({ series: 3, ofOneEvent: 3, event: 'Order Completed' })
  expect(load({ event: 'Viewed' }, { event: '*' })).toMatchObject({ ofOneEvent: 2, event: 'Viewed' })
  // a page is no event of that name
  expect(load({ event: 'Home' }, { type: 'page', event: 'Home' })).toMatchObject({ ofOneEvent: 1 })
})

test('no event belongs to more series than the load says, and one does', () => {
  const name = fc.stringMatching(/^[ab]{1,3}$/)
  const pattern = fc.array(
    fc.oneof(
      name,
      name.map((text) => `${text}*`),
      fc.constant('*'),
    ),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  fc.assert(
    fc.property(fc.array(pattern, { minLength: 1, maxLength: 8 }), fc.array(name), (patterns, names) => {
      const conditions = patterns.map((event) => parseCondition({ event }, 'UTC'))
      const series = new Map(neededSeries(conditions, 'UTC').map(({ key }, index) => [key, index + 1]))
      const versions = conditions.map((condition, id) => ({ id, audience: id, condition, follows: 0 }))
      const catalog = new AudienceCatalog({ versions, series, zone: 'UTC' })
      const { ofOneEvent, event = '' } = seriesLoad(conditions, 'UTC')
      for (const each of names)
        expect(catalog.series.ofEvent('track', each).length).toBeLessThanOrEqual(ofOneEvent)
      expect(catalog.series.ofEvent('track', event)).toHaveLength(ofOneEvent)
    }),
  )
})

test('a bound is told with the numbers; what was beyond it before may shrink', () => {
  const of = (series: number, ofOneEvent: number): SeriesLoad => ({ series, ofOneEvent, event: 'Viewed' })
  const none = () => of(0, 0)
  expect(() => checkSeries(none, of(WORKSPACE_SERIES_MAX, EVENT_SERIES_MAX))).not.toThrow()
  const rejection = (before: SeriesLoad, after: SeriesLoad) => {
    try {
      checkSeries(() => before, after)
      return undefined
    } catch (error) {
      return error as ConditionError
    }
  }
  const wide = rejection(none(), of(WORKSPACE_SERIES_MAX + 1, 1))
  expect(wide).toBeInstanceOf(ConditionError)
  expect(wide).toMatchObject({
    code: 'condition_too_dear',
    message: expect.stringContaining('1,001 different series'),
    details: { reason: 'too_many_series', count: WORKSPACE_SERIES_MAX + 1, max: WORKSPACE_SERIES_MAX },
  })
  expect(rejection(none(), of(EVENT_SERIES_MAX + 1, EVENT_SERIES_MAX + 1))).toMatchObject({
    message: expect.stringContaining('"Viewed"'),
    details: { reason: 'too_many_series_of_event', event: 'Viewed' },
  })
  const old = of(2 * WORKSPACE_SERIES_MAX, 2 * EVENT_SERIES_MAX)
  expect(rejection(old, of(WORKSPACE_SERIES_MAX + 1, EVENT_SERIES_MAX + 1))).toBeUndefined()
  expect(rejection(old, of(2 * WORKSPACE_SERIES_MAX + 1, 1))).toBeDefined()
})
