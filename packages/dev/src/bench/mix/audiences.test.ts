import { expect, test } from 'vitest'
import { type ConditionJson, makeAudiences } from './audiences.ts'

const leavesOf = (condition: ConditionJson): string[] => {
  const { all, any, not } = condition as { all?: ConditionJson[]; any?: ConditionJson[]; not?: ConditionJson }
  const parts = all ?? any ?? (not === undefined ? undefined : [not])
  return parts === undefined ? [JSON.stringify(condition)] : parts.flatMap(leavesOf)
}

test('the mix has three counts in 30 days, a sum in 90 days and a trait', () => {
  const conditions = makeAudiences(5).map(({ condition }) => condition)
  expect(conditions.filter((each) => 'count' in each && each['within'] === '30d')).toHaveLength(3)
  expect(conditions.filter((each) => 'aggregate' in each && each['within'] === '90d')).toHaveLength(1)
  expect(conditions.filter((each) => 'trait' in each)).toHaveLength(1)
  expect(makeAudiences(0)).toEqual([])
})

test('a longer list begins with the shorter one, each key and condition is there once', () => {
  const many = makeAudiences(1_500)
  expect(many).toHaveLength(1_500)
  expect(makeAudiences(40)).toEqual(many.slice(0, 40))
  expect(new Set(many.map(({ key }) => key)).size).toBe(1_500)
  expect(new Set(many.map(({ condition }) => JSON.stringify(condition))).size).toBe(1_500)
})

test('five hundred audiences are made of few leaves, with all, any and not', () => {
  const conditions = makeAudiences(500).map(({ condition }) => condition)
  const leaves = conditions.flatMap(leavesOf)
  expect(leaves.length).toBeGreaterThan(800)
  expect(new Set(leaves).size).toBeLessThan(150)
  const text = JSON.stringify(conditions)
  for (const form of ['"all":', '"any":', '"not":']) expect(text).toContain(form)
})
