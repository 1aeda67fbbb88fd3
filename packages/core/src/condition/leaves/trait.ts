import type { TraitLeaf } from '@affluent/protocol/condition'
import { formatTest } from '../format-test.ts'
import { noteTrait } from '../note-names.ts'
import { isMoving, isNegated } from '../operators/operators.ts'
import { parsePath } from '../parse-path.ts'
import { parseValueTest, VALUE_TEST_KEYS } from '../parse-value-test.ts'
import { readText, refuseOthers } from '../read-json.ts'
import { traitPassesSql } from '../sql/trait-sql.ts'
import { traitAnswers } from '../trait-answers.ts'
import { rootOf } from '../value-path.ts'
import { compileTest } from '../value-test.ts'
import type { LeafKind } from './leaf-kind.ts'

/** A question to the newest value of a trait. */
export const traitLeaf: LeafKind<TraitLeaf> = {
  form: 'trait',
  example: { trait: 'plan', op: 'equals', value: 'pro' },
  parse: (object, { path, zone }) => {
    refuseOthers(object, ['trait', ...VALUE_TEST_KEYS], path)
    return {
      kind: 'trait',
      trait: parsePath(readText(object, 'trait', path), 'person', `${path}.trait`),
      ...parseValueTest(object, { path, zone, timeMoves: true }),
    }
  },
  format: (leaf) => ({ trait: leaf.trait, ...formatTest(leaf) }),
  compile: (leaf, zone) => traitAnswers(leaf.trait, compileTest(leaf, zone)),
  ofNobody: (leaf) => (isNegated(leaf) ? 'yes' : 'no'),
  moves: isMoving,
  sql: (leaf, facts) => {
    const passes = facts.traitPasses(rootOf(leaf.trait), traitPassesSql(leaf, facts.tests))
    return `${passes} = ${isNegated(leaf) ? 0 : 1}`
  },
  names: (object, path, names) => noteTrait(String(object['trait']), `${path}.trait`, object, path, names),
  why: ({ trait }, person) => ({ kind: 'value', newest: person.traitWord(rootOf(trait)) }),
}
