import fc from 'fast-check'
import { expect, test } from 'vitest'
import { beginHistory, change, redo, undo } from './edit-history.ts'

test('letters typed into one field are one step', () => {
  let history = beginHistory('')
  for (const text of ['L', 'Lo', 'Loyal']) history = change(history, text, 'name')
  history = change(history, 'Loyal!', 'other')
  expect(undo(history).present).toBe('Loyal')
  expect(undo(undo(history)).present).toBe('')
  expect(undo(undo(undo(history))).present).toBe('')
})

test('what is typed after an undo is a step of its own', () => {
  const typed = change(change(beginHistory(''), 'a', 'name'), 'ab', 'name')
  const again = change(undo(typed), 'x', 'name')
  expect(undo(again).present).toBe('')
  expect(redo(again).present).toBe('x')
})

test('undo and redo lead back and forth through the same states', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(99), { minLength: 1, maxLength: 60 }), (numbers) => {
      // each its own object, so that each is a change
      const states = numbers.map((value) => ({ value }))
      let history = beginHistory({ value: -1 })
      for (const state of states) history = change(history, state, undefined)
      let back = history
      for (let step = states.length - 2; step >= 0; step--) {
        back = undo(back)
        expect(back.present).toBe(states[step])
      }
      let forth = back
      for (const state of states.slice(1)) {
        forth = redo(forth)
        expect(forth.present).toBe(state)
      }
    }),
  )
})

test('a history forgets its oldest steps', () => {
  let history = beginHistory(0)
  for (let step = 1; step <= 500; step++) history = change(history, step, undefined)
  expect(history.past.length).toBe(100)
  expect(history.past[0]).toBe(400)
})
