import type { Aggregate, CountOp, ValueOp } from '@affluent/protocol/condition'
import { CONDITION_SCHEMA } from '@affluent/protocol/condition-schema'
import type { JsonObject } from '@affluent/protocol/event'
import { describe, expect, test } from 'vitest'
import { DEFAULT_IDENTITY_RULES } from '../identity/namespaces.ts'
import { unmarked } from '../sentence/marked.ts'
import { speakerOf } from '../sentence/speaker.ts'
import { aggregates } from './aggregates/aggregates.ts'
import { canonicalText } from './canonical-text.ts'
import { ConditionCompiler } from './compile-condition.ts'
import { leavesOf } from './condition-tree.ts'
import { describeClause } from './describe/describe-condition.ts'
import { formatCondition } from './format-condition.ts'
import { leafKindOf, leafKinds } from './leaves/leaf-kinds.ts'
import { namesIn } from './names-in.ts'
import { countOperators } from './operators/count-operators.ts'
import { exampleOf, isNegated, operators, oppositeOf } from './operators/operators.ts'
import { readFormed } from './operators/value-form.ts'
import { parseCondition } from './parse-condition.ts'
import { membersSql } from './sql/members-sql.ts'
import type { SqlQuestion } from './sql/sql-query.ts'
import { valuesAt } from './value-path.ts'
import { compileTest } from './value-test.ts'

const ZONE = 'Europe/Paris'
const NOW = Date.UTC(2026, 2, 31, 9)
const QUESTION: SqlQuestion = {
  workspace: 1,
  position: 10,
  now: NOW,
  zone: ZONE,
  rules: DEFAULT_IDENTITY_RULES,
}
const speakers = [speakerOf('fr', ZONE, (key) => key), speakerOf('en', ZONE, (key) => key)]

const EXAMPLES: ReadonlyArray<readonly [string, JsonObject]> = [
  ...(Object.keys(operators) as ValueOp[]).map((op) => [op, exampleOf(op)] as const),
  ...(Object.keys(aggregates) as Aggregate[]).map((fn) => [fn, aggregates[fn].example] as const),
  ...Object.entries(leafKinds).flatMap(([kind, { example }]) =>
    example === undefined ? [] : [[kind, example] as const],
  ),
]

// What is added to a registry and is not whole fails here; that it says the same in memory and in ClickHouse is for
// `condition-sql.ch.test`, which asks every operator of fixed values, and for the suites that draw their conditions
// from `arbitrary-condition`.
describe.each(EXAMPLES)('the example of %s', (_, example) => {
  const condition = parseCondition(example, ZONE)

  test('is read, and written as it is read', () => {
    const again = parseCondition(formatCondition(condition), ZONE)
    expect(canonicalText(again)).toBe(canonicalText(condition))
    expect(formatCondition(again)).toEqual(formatCondition(condition))
  })

  test('is told in both languages, each in words of its own', () => {
    const [french, english] = speakers.map((speaker) => unmarked(describeClause(example, speaker)))
    expect(french).not.toBe(english)
    for (const said of [french, english])
      expect(said).not.toMatch(/\{|undefined|\[object|NaN|ne sait pas dire|cannot put into words/)
  })

  test('has an answer for nobody, SQL, and something that explains it', () => {
    const [leaf] = leavesOf(condition)
    if (leaf === undefined) throw new Error('An example is one leaf.')
    if (leaf.kind === 'audience') return
    const { leaves } = new ConditionCompiler(ZONE).compile(condition)
    expect(leaves).toHaveLength(1)
    const nobody = {
      profile: 1,
      isKnown: false,
      namespaces: new Set<string>(),
      trait: () => undefined,
      traitWord: () => undefined,
      hasIdentifier: () => false,
      series: () => undefined,
      coldAnswer: () => undefined,
      coldAnswerAt: () => undefined,
    }
    const kind = leafKindOf(leaf)
    const ofNobody = kind.ofNobody(leaf)
    if (ofNobody !== 'maybe') expect(leaves[0]?.holds(nobody, NOW)).toBe(ofNobody === 'yes')
    expect(leaves[0]?.turnsAt(nobody, NOW)).toBe(Number.POSITIVE_INFINITY)
    expect(
      kind.why(leaf, nobody, { now: NOW, zone: ZONE, key: canonicalText(leaf), series: undefined }).kind,
    ).toBeTypeOf('string')
    expect(membersSql(condition, QUESTION).query).toContain('select')
  })

  test('names what must have been seen, each with a condition that asks for nothing else', () => {
    for (const { probe, path } of namesIn(example)) {
      expect(path).toMatch(/^condition\./)
      expect(() => parseCondition(probe, ZONE)).not.toThrow()
    }
  })
})

test.each(Object.entries(leafKinds))('the OpenAPI document knows the leaf %s', (_, { form, marker }) => {
  const keys = [form, marker].filter((key) => key !== undefined)
  const forms = CONDITION_SCHEMA.anyOf.map(({ properties }) => Object.keys(properties))
  expect(forms.some((known) => keys.every((key) => known.includes(key)))).toBe(true)
})

describe.each(Object.keys(operators) as ValueOp[])('the operator %s', (op) => {
  const operator = operators[op]
  const { trait: _, ...example } = exampleOf(op)

  test('takes a value of its form', () => {
    expect(readFormed(operator.takes, example['value'])).toBeDefined()
    expect(operator.parse === undefined).toBe(operator.takes === 'none')
    const places =
      operator.takes === 'range' ? ['{from}', '{to}'] : operator.takes === 'none' ? [] : ['{value}']
    for (const text of Object.values(operator.sentence)) expect(text.match(/\{\w+\}/g) ?? []).toEqual(places)
  })

  test('has a name and a sentence of its own in each language', () => {
    expect(operator.label.fr).not.toBe(operator.label.en)
    expect(operator.sentence.fr).not.toBe(operator.sentence.en)
  })

  test('negates the operator of its name, when it negates one', () => {
    const named = op.startsWith('not_') ? (op.slice('not_'.length) as ValueOp) : undefined
    if (operator.kind !== 'negated') return
    expect(operator.negates).toBe(named)
    const positive = operators[operator.negates]
    const { takes, scalar, fits, readings, parse } = positive
    expect(operator).toMatchObject({ takes, fits, readings })
    expect([operator.scalar, operator.parse]).toEqual([scalar, parse])
  })

  test('is false where there is no value, unless it negates another', () => {
    const condition = parseCondition(exampleOf(op), ZONE)
    if (condition.kind !== 'trait') throw new Error('An operator is shown by a trait.')
    const compiled = compileTest(condition, ZONE)
    expect(compiled.holds(valuesAt({}, condition.trait), NOW)).toBe(isNegated(condition))
    const opposite = oppositeOf(op)
    if (opposite !== undefined) expect(oppositeOf(opposite)).toBe(op)
  })
})

describe.each(Object.keys(countOperators) as CountOp[])('the operator of counts %s', (op) => {
  const operator = countOperators[op]
  const counts = [0, 1, 2, 3]

  test('holds exactly where its opposite does not', () => {
    const { opposite } = operator
    if (opposite === undefined) return
    for (const a of counts)
      for (const b of counts) expect(countOperators[opposite].holds(a, b)).toBe(!operator.holds(a, b))
    expect(countOperators[opposite].opposite).toBe(op)
  })

  test('needs no more of the latest events than it says, and means what it says', () => {
    for (const wanted of counts) {
      const needed = operator.needs(wanted)
      for (let more = 1; more < 4; more++)
        expect(operator.holds(needed + more, wanted)).toBe(operator.holds(needed, wanted))
      const answers = counts.map((count) => operator.holds(count, wanted))
      const means = operator.means(wanted)
      if (means === 'any') expect(answers).toEqual([true, true, true, true])
      if (means === 'ever') expect(answers).toEqual([false, true, true, true])
      if (means === 'never' && wanted > 0) expect(answers[1]).toBe(false)
    }
  })
})
