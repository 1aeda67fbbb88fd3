import fc from 'fast-check'
import { ZONES } from '../../condition/testing/arbitrary-condition.ts'
import {
  AUDIENCE_KEYS,
  arbitraryHappening,
  arbitraryPayloads,
  arbitraryRules,
  arbitraryUsualCondition,
} from './arbitrary-life.ts'
import type { Life, LifeStep } from './life-step.ts'

const SECOND = 1_000

/** A change of an audience, and what happens while it is being prepared. */
const round = (happening: fc.Arbitrary<LifeStep>, condition: fc.Arbitrary<LifeStep>) =>
  fc.record({
    change: condition,
    happenings: fc.array(happening.map(atOnce), { maxLength: 4 }),
    /** acts of preparing, each after some of what happens: mostly so many that the change is shown and not settled */
    acts: fc.constantFrom(3, 4, 4, 4, 5, 6),
    crash: fc.option(fc.nat(12), { nil: undefined, freq: 5 }),
  })

/** Lives in which audiences change so fast that backfills overtake each other, with everything else at the end. */
export const arbitraryOvertakenLife: fc.Arbitrary<Life> = arbitraryPayloads.chain((payloads) => {
  const happening = arbitraryHappening(fc.constantFrom(...payloads))
  const change = fc.record({
    kind: fc.constant('put' as const),
    key: fc.constantFrom(...AUDIENCE_KEYS),
    condition: arbitraryUsualCondition,
    population: fc.constantFrom('known' as const, 'all' as const),
  })
  return fc
    .record({
      zone: fc.constantFrom(...ZONES),
      rules: arbitraryRules,
      earlyMax: fc.constantFrom(1, 8),
      before: fc.array(happening, { maxLength: 12 }),
      rounds: fc.array(round(happening, change), { minLength: 2, maxLength: 5 }),
      after: fc.array(happening, { maxLength: 12 }),
    })
    .map(({ before, rounds, after, ...life }): Life => {
      const during = rounds.flatMap(({ change: put, happenings, acts, crash }): LifeStep[] => [
        put,
        ...Array.from({ length: acts }, (_, act): LifeStep[] => [
          act === 0 ? { kind: 'begin' } : { kind: 'part', size: 2, twice: false },
          ...happenings.slice(act, act + 1),
        ]).flat(),
        ...(crash === undefined ? [] : [{ kind: 'crash' as const, back: crash, sizes: [2, 1] }]),
      ])
      return { ...life, steps: [...before, ...during, ...after] }
    })
})

/** Little time passes, since a backfill is overtaken soon or not at all. */
function atOnce(step: LifeStep): LifeStep {
  return step.kind === 'event' || step.kind === 'fire_timers' ? { ...step, wait: step.wait % SECOND } : step
}
