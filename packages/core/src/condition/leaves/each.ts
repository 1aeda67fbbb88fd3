import type { EachLeaf } from '@affluent/protocol/condition'
import { formatWhereTest } from '../format-test.ts'
import { noteElements } from '../note-names.ts'
import { isMoving } from '../operators/operators.ts'
import { parseEach } from '../parse-where.ts'
import { eachPassesSql } from '../sql/trait-sql.ts'
import { traitAnswers } from '../trait-answers.ts'
import { rootOf } from '../value-path.ts'
import { compileEach } from '../where-test.ts'
import type { LeafKind } from './leaf-kind.ts'

/** One element of a trait that is a list passes all tests. */
export const eachLeaf: LeafKind<EachLeaf> = {
  form: 'each',
  example: {
    each: 'pets[]',
    where: [
      { property: 'age', op: 'gte', value: 2 },
      { property: 'kind', op: 'equals', value: 'cat' },
    ],
  },
  parse: (object, { path, zone }) => ({
    kind: 'each',
    ...parseEach(object, { path, root: 'person', zone, timeMoves: true }),
  }),
  format: formatWhereTest,
  compile: (leaf, zone) => traitAnswers(leaf.each, compileEach(leaf, zone)),
  ofNobody: () => 'no',
  moves: ({ where }) => where.some(isMoving),
  sql: (leaf, facts) => `${facts.traitPasses(rootOf(leaf.each), eachPassesSql(leaf, facts.tests))} = 1`,
  names: (object, path, names) => noteElements(String(object['each']), object['where'], path, names),
  why: ({ each }, person) => ({ kind: 'value', newest: person.traitWord(rootOf(each)) }),
}
