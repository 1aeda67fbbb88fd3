import { expect, test } from 'vitest'
import { planSeries } from './plan-series.ts'

test('a new consumer shares what is kept, and only what nobody kept begins', () => {
  const numbers = new Map([
    ['orders', 1],
    ['views', 2],
  ])
  const plan = planSeries({ kept: ['orders', 'views'], needed: ['views', 'sum', 'sum'], numbers }, 3)
  expect(plan).toEqual({ added: new Map([['sum', 3]]), spent: [] })
})

test('a series that nobody needed for a while begins anew, under another number', () => {
  const numbers = new Map([['orders', 1]])
  expect(planSeries({ kept: [], needed: ['orders'], numbers }, 2)).toEqual({
    added: new Map([['orders', 2]]),
    spent: [1],
  })
})
