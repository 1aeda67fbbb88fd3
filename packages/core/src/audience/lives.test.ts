import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arbitraryLife } from './testing/arbitrary-life.ts'
import { liveLife } from './testing/live-life.ts'

const LIVES = 500
const STEPS = 60

test('whatever happens to people and audiences, in whatever order, everyone is in what his whole history says', () => {
  let members = 0
  fc.assert(
    fc.property(arbitraryLife(STEPS), (life) => {
      members += liveLife(life).counts.members
    }),
    { numRuns: LIVES },
  )
  expect(members).toBeGreaterThan(LIVES)
})
