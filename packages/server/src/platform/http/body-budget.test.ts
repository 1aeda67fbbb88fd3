import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { BodyBudget } from './body-budget.ts'

test('refuses a byte over the budget, and has room again once an answer is out', () => {
  const budget = new BodyBudget(100)
  const [first, second] = [new EventEmitter(), new EventEmitter()]
  const holdFirst = budget.open(first as ServerResponse)
  const holdSecond = budget.open(second as ServerResponse)
  holdFirst(60)
  holdSecond(40)
  expect(() => holdSecond(1)).toThrow('Too many large requests')
  first.emit('close')
  holdSecond(60)
  expect(() => holdSecond(1)).toThrow('Too many large requests')
  second.emit('close')
  budget.open(new EventEmitter() as ServerResponse)(100)
})
