import { expect, test } from 'vitest'
import { nearestName } from './nearest-name.ts'

test.each([
  ['dryrun', 'dryRun'],
  ['dry_run', 'dryRun'],
  ['destinaton', 'destination'],
  ['lmiit', 'limit'],
  ['adress.city', 'address.city'],
])('for "%s" one meant "%s"', (meant, name) => {
  expect(nearestName(meant, ['after', 'dryRun', 'destination', 'limit', 'address.city'])).toBe(name)
})

test.each(['frobnicate', 'x', ''])('for "%s" nothing is near', (meant) => {
  expect(nearestName(meant, ['after', 'dryRun', 'destination'])).toBeUndefined()
})
