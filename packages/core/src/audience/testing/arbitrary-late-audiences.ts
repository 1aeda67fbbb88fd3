import fc from 'fast-check'
import { ZONES } from '../../condition/testing/arbitrary-condition.ts'
import {
  AUDIENCE_KEYS,
  arbitraryHappening,
  arbitraryPayloads,
  arbitraryRules,
  arbitraryUsualCondition,
} from './arbitrary-life.ts'
import type { Life, LifeStep, PutStep } from './life-step.ts'

/** One life twice: with its audiences from the start, and with the same audiences made on the way. */
export interface LateAudiences {
  readonly early: Life
  readonly late: Life
}

const definition = fc.record({
  condition: arbitraryUsualCondition,
  population: fc.constantFrom('known' as const, 'all' as const),
  /** before which step it is made, and how many steps lie between the acts of its backfill */
  at: fc.nat(40),
  gap: fc.integer({ min: 1, max: 6 }),
})

export const arbitraryLateAudiences: fc.Arbitrary<LateAudiences> = arbitraryPayloads.chain((payloads) =>
  fc
    .record({
      zone: fc.constantFrom(...ZONES),
      rules: arbitraryRules,
      earlyMax: fc.constantFrom(0, 1, 8),
      definitions: fc.array(definition, { minLength: 1, maxLength: AUDIENCE_KEYS.length }),
      happenings: fc.array(arbitraryHappening(fc.constantFrom(...payloads)), {
        minLength: 5,
        maxLength: 40,
        size: 'max',
      }),
    })
    .map(({ zone, rules, earlyMax, definitions, happenings }) => {
      const puts = definitions.map(({ condition, population }, index): PutStep => {
        return { kind: 'put', key: AUDIENCE_KEYS[index] as string, condition, population }
      })
      const before = happenings.map((): LifeStep[] => [])
      for (const [index, { at, gap }] of definitions.entries()) {
        const first = at % happenings.length
        before[first]?.push(puts[index] as PutStep, { kind: 'begin' })
        for (let act = first + gap; act < happenings.length; act += gap)
          before[act]?.push({ kind: 'part', size: 2, twice: false })
      }
      const lived = { zone, rules, earlyMax }
      return {
        early: { ...lived, steps: [...puts, { kind: 'prepare' }, ...happenings] },
        late: { ...lived, steps: happenings.flatMap((step, index) => [...(before[index] ?? []), step]) },
      }
    }),
)
