import { checkEvent } from '@affluent/core/event/check-event'
import { scanEvent } from '@affluent/core/event/scan-json'
import { DEFAULT_IDENTITY_RULES } from '@affluent/core/identity/namespaces'
import { simulate } from '@affluent/core/identity/simulate'
import { expect, test } from 'vitest'
import { measureIdentity, ownersOf } from './identity-quality.ts'
import { makeShop } from './make-shop.ts'

const END = Date.UTC(2026, 10, 21, 10)
// what no browser, app or cookie is: these name a person or a way to reach one
const OF_PEOPLE = /^(user_id|email|phone|crm_id|loyalty_card|helpdesk_id):/

test('pairs are counted right', () => {
  const owners = new Map([...'abcde'].map((key, index) => [key, index < 3 ? 1 : 2]))
  const profiles = new Map([
    ['a', 'x'],
    ['b', 'x'],
    ['c', 'y'],
    ['d', 'y'],
  ])
  // together: ab and cd; one person: ab, ac, bc and de
  expect(measureIdentity(owners, profiles)).toEqual({
    ...{ people: 2, profiles: 3, identifiers: 5, largest: 2 },
    ...{ precision: 1 / 2, recall: 1 / 4 },
  })
})

test('the rules of a new workspace find most of the people behind the records, and mix up few', () => {
  const records = [...makeShop({ seed: 5, people: 1_000, days: 90, endAt: END })]
  const request = { receivedAt: END, sentAt: undefined, shared: undefined }
  const events = records.flatMap(({ event }) => {
    const scanned = scanEvent(Buffer.from(JSON.stringify(event)))
    const checked = checkEvent(event, scanned, request, undefined)
    return checked.kind === 'accepted' ? [checked.event] : []
  })
  const { profiles } = simulate(DEFAULT_IDENTITY_RULES, events, END)
  const profileOf = new Map(
    profiles.flatMap(({ identifiers }, index) =>
      identifiers.map(({ namespace, value }) => [`${namespace}:${value}`, index] as const),
    ),
  )
  const owners = ownersOf(records)
  const all = measureIdentity(owners, profileOf)
  const named = measureIdentity(new Map([...owners].filter(([key]) => OF_PEOPLE.test(key))), profileOf)
  // strangers lose their cookies and buy without a card: what no rule can know, no rule finds
  expect(all.precision).toBeGreaterThan(0.99)
  expect(all.recall).toBeGreaterThan(0.55)
  expect(named.precision).toBeGreaterThan(0.99)
  expect(named.recall).toBeGreaterThan(0.75)
  // and not more than there is to find without comparing spellings: second records, mistyped addresses, telephone
  // numbers
  expect(named.recall).toBeLessThan(0.95)
  expect(all.largest).toBeLessThan(40)
})
