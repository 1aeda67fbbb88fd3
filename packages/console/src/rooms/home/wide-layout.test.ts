import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Arm, River, Step } from './river-model.ts'
import { layOutWide } from './wide-layout.ts'

const step = (name: Step['name'], rate: number): Step => ({ name, rate, total: 1, water: 'river', href: '/' })
const arm = (key: string, share: number): Arm => ({
  key,
  name: key,
  share,
  recent: 1,
  water: 'river',
  href: '/',
})

function riverWith(rates: readonly number[], sources: number, destinations: number): River {
  const [accepted = 0, processed = 0, delivered = 0, refused = 0] = rates
  const arms = (count: number) => Array.from({ length: count }, (_, index) => arm(`arm${index}`, 1 / count))
  return {
    sources: arms(sources),
    accepted: step('accepted', accepted),
    losses: [step('refused', refused), step('duplicates', 0), step('filtered', 0), step('quarantined', 0)],
    processed: step('processed', processed),
    loaded: step('loaded', processed),
    deliveries: [],
    delivered: step('delivered', delivered),
    destinations: arms(destinations),
    delta: '/',
    lagMs: 0,
    lagMaxMs: null,
  }
}

test('whatever flows, everything stands inside the picture and no label lies on the river', () => {
  const rates = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 4, maxLength: 4 })
  const arms = fc.integer({ min: 0, max: 5 })
  fc.assert(
    fc.property(rates, arms, arms, fc.integer({ min: 720, max: 1_440 }), (flow, into, out, width) => {
      const layout = layOutWide(riverWith(flow, into, out), width)
      const ys = [...layout.sources, ...layout.destinations].map(({ y }) => y)
      expect(Math.min(...ys, layout.mouth.y)).toBeGreaterThan(0)
      expect(Math.max(...ys, layout.mouth.y)).toBeLessThan(layout.height)
      for (const { x, y } of layout.above) {
        expect(y).toBeLessThan(layout.mouth.y)
        expect(y).toBeGreaterThan(30)
        expect(x).toBeGreaterThan(layout.label)
        expect(x).toBeLessThan(width - layout.label)
      }
      for (const { y } of layout.below) expect(y).toBeLessThan(layout.height)
    }),
  )
})

test('a destination in trouble is coloured though nothing reaches it', () => {
  const river = riverWith([10, 10, 0, 0], 1, 0)
  const layout = layOutWide({ ...river, destinations: [{ ...arm('mail', 0), water: 'bad' }] }, 1_000)
  expect(layout.delta).toMatchObject([{ water: 'bad', flows: false }])
})
