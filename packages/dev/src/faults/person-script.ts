import type { SeededRandom } from './seeded-random.ts'

/** One event of the load, and whose it is. */
export interface PlannedEvent {
  readonly messageId: string
  readonly type: string
  /** the event's JSON, the same at every try */
  readonly json: string
  /** undefined: nobody's, as it has no usable identifier */
  readonly person: string | undefined
}

/** A person of the load: what must be one profile in the end. */
export interface Person {
  /** its `user_id` */
  readonly userId: string
  readonly anonymousIds: readonly string[]
}

type Step = readonly [type: string, fields: Record<string, unknown>]

/**
 * The life of one person: three browsers, a sign-up, a sign-in on the second browser (a merge) and an alias of the
 * third (a merge), with other events in between. Whatever stands between the steps, in the end all is one profile.
 * @param userId unique
 */
export function planPerson(userId: string, random: SeededRandom): { person: Person; events: PlannedEvent[] } {
  const [first, second, third] = ['a', 'b', 'c'].map((browser) => `${userId}-${browser}`) as [
    string,
    string,
    string,
  ]
  const email = `${userId}@shop.example`
  const steps: Step[] = [
    ['page', { anonymousId: first, name: 'Home' }],
    ['identify', { anonymousId: first, userId, traits: { email, plan: random.pick(['free', 'pro']) } }],
    ['track', { anonymousId: second, event: 'Product Viewed', properties: { sku: random.between(1, 500) } }],
    ['identify', { anonymousId: second, userId, traits: { visits: random.between(1, 90) } }],
    ['track', { userId, event: 'Order Completed', properties: { revenue: random.between(1, 9_000) / 100 } }],
    ['track', { anonymousId: third, event: 'Product Viewed', properties: { sku: random.between(1, 500) } }],
    ['alias', { previousId: third, userId }],
  ]
  for (let more = random.between(0, 6); more > 0; more--) steps.push(anyStep(userId, random))
  const events = steps.map(([type, fields], index) => plan(`${userId}-${index}`, type, fields, userId))
  return { person: { userId, anonymousIds: [first, second, third] }, events }
}

/** An event without a usable identifier: kept, nobody's. */
export function planNobody(messageId: string, random: SeededRandom): PlannedEvent {
  const fields = {
    anonymousId: '00000000-0000-0000-0000-000000000000',
    event: 'Junk',
    n: random.between(1, 9),
  }
  return plan(messageId, 'track', fields, undefined)
}

/** Another event under the messageId of one that came before: a conflict. */
export function planConflict(of: PlannedEvent): PlannedEvent {
  return plan(of.messageId, 'track', { anonymousId: 'somebody-else', event: 'Conflict' }, undefined)
}

function anyStep(userId: string, random: SeededRandom): Step {
  const from = random.pick<Record<string, unknown>>([
    { userId },
    { anonymousId: `${userId}-a` },
    { anonymousId: `${userId}-c` },
  ])
  const properties = { price: random.between(1, 50_000) / 100, note: 'x'.repeat(random.between(0, 300)) }
  return [
    'track',
    { ...from, event: random.pick(['Product Viewed', 'Product Added', 'Searched']), properties },
  ]
}

function plan(
  messageId: string,
  type: string,
  fields: Record<string, unknown>,
  person: string | undefined,
): PlannedEvent {
  return { messageId, type, json: JSON.stringify({ type, messageId, ...fields }), person }
}
