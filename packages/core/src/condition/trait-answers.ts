import type { Json } from '@affluent/protocol/event'
import type { ConditionSubject } from './compile-condition.ts'
import type { LeafAnswers } from './leaves/leaf-kind.ts'
import { rootOf, valuesAt } from './value-path.ts'
import type { CompiledTest } from './value-test.ts'

/** Asks a test about the values at a path into a trait. */
export function traitAnswers(path: string, test: CompiledTest): LeafAnswers {
  const trait = rootOf(path)
  const values = (subject: ConditionSubject): Json[] => {
    const value = subject.trait(trait)
    return value === undefined ? [] : valuesAt({ [trait]: value }, path)
  }
  return {
    series: undefined,
    trait,
    holds: (subject, now) => test.holds(values(subject), now),
    turnsAt: (subject, now) => test.turnsAt(values(subject), now),
  }
}
