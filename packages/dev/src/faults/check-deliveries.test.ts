import type { DestinationAnswer } from '@affluent/protocol/endpoints/destinations'
import { expect, test } from 'vitest'
import { checkDeliveries, type ExpectedDeliveries, type ReceiverAccount } from './check-deliveries.ts'
import type { KeptDelivery, KeptQueue } from './read-deliveries.ts'

const SOUND: readonly KeptDelivery[] = [
  deliveryOf('msg_1', { messageId: 'p1-1' }),
  deliveryOf('msg_2', { messageId: 'p1-2', ended: 'failed', lastStatus: 400 }),
  deliveryOf('msg_3', { messageId: 'p2-1', attempts: 2 }),
  deliveryOf('msg_4', { messageId: undefined, member: { userId: 'p1', entered: true } }),
  deliveryOf('msg_5', { messageId: undefined, member: { userId: 'p1', entered: false } }),
]
const ACCOUNT: ReceiverAccount = {
  taken: new Map([
    ['msg_1', 1],
    ['msg_3', 2],
    ['msg_4', 1],
    ['msg_5', 1],
  ]),
  refused: new Set(['msg_2']),
  memberships: new Map([['p1', [true, false]]]),
  disordered: 0,
  disorders: [],
}
const EXPECTED: ExpectedDeliveries = {
  events: new Set(['p1-1', 'p1-2', 'p2-1']),
  changes: new Map([['p1', 2]]),
  repeatsMax: 1,
}

test('a destination at rest that agrees with its receiver has no faults', () => {
  expect(check({})).toEqual([])
})

test('what was acknowledged has one delivery, and nothing else has one', () => {
  expect(check({ expected: { events: new Set([...EXPECTED.events, 'p9-1']) } })).toEqual([
    expect.stringContaining('1 acknowledged events have no delivery (p9-1)'),
  ])
  expect(check({ expected: { events: new Set(['p1-1', 'p1-2']) } })).toEqual([
    expect.stringContaining('1 deliveries are of events that nobody sent (p2-1)'),
  ])
  const twice = [...SOUND, deliveryOf('msg_1', { messageId: 'p1-1' })]
  expect(check({ kept: { deliveries: twice } })[0]).toContain('1 events have two deliveries (p1-1)')
  expect(check({ kept: { waiting: 2 } })).toEqual([expect.stringContaining('2 rows still wait')])
})

test('each delivery has ended as its receiver answered', () => {
  const with1 = (changed: Partial<KeptDelivery>) =>
    check({ kept: { deliveries: [{ ...(SOUND[0] as KeptDelivery), ...changed }, ...SOUND.slice(1)] } }).join()
  expect(with1({ ended: undefined })).toContain('1 deliveries have not ended')
  expect(with1({ ended: 'failed' })).toContain('their receiver did not refuse them')
  expect(with1({ ended: 'held' })).toContain('msg_1 of p1-1: held')
  expect(with1({ lastStatus: 500 })).toContain('a last attempt that does not say how they ended')
  const taken = new Map([...ACCOUNT.taken].filter(([id]) => id !== 'msg_1'))
  expect(check({ account: { taken } })).toEqual([
    expect.stringContaining('are "delivered" and were never answered with 2xx (msg_1 of p1-1)'),
  ])
})

test('a receiver is sent nothing unknown, little twice, and each person in order', () => {
  const taken = new Map([...ACCOUNT.taken, ['msg_9', 1] as const])
  expect(check({ account: { taken } })).toEqual([expect.stringContaining('1 webhook-ids were posted')])
  expect(check({ expected: { repeatsMax: 0 } })).toEqual([
    expect.stringContaining('1 ids were taken twice, more than 0 (msg_3)'),
  ])
  expect(check({ account: { disordered: 3, disorders: ['p1-2 after 3'] } })).toEqual([
    expect.stringContaining('3 events came before earlier ones of their person (p1-2 after 3)'),
  ])
})

test('each change of an audience is told once, entering and leaving by turns', () => {
  expect(check({ expected: { changes: new Map([['p1', 3]]) } })).toEqual([
    expect.stringContaining('1 people have not one delivery for each change of the audience (p1)'),
  ])
  expect(check({ account: { memberships: new Map([['p1', [true, true]]]) } })).toEqual([
    expect.stringContaining('1 people were not told of as entering and leaving by turns (p1)'),
  ])
  expect(check({ expected: { changes: undefined } })).toEqual([
    expect.stringContaining('2 memberships are queued for nobody'),
  ])
})

test('the counters say what the rows say', () => {
  const last24h = { delivered: 5, deliveredFirstTry: 3, failed: 1, held: 0 }
  expect(check({ health: { last24h } })).toEqual([
    expect.stringContaining('delivered: the counter says 5, the rows 4'),
  ])
})

function deliveryOf(id: string, rest: Partial<KeptDelivery> & Pick<KeptDelivery, 'messageId'>): KeptDelivery {
  return { id, member: undefined, ended: 'delivered', attempts: 1, lastStatus: 200, ...rest }
}

function check(given: {
  readonly kept?: Partial<KeptQueue>
  readonly account?: Partial<ReceiverAccount>
  readonly expected?: Partial<ExpectedDeliveries>
  readonly health?: Partial<DestinationAnswer['health']>
}): string[] {
  const last24h = { delivered: 4, deliveredFirstTry: 3, failed: 1, held: 0 }
  const health = { queued: 0, last24h, ...given.health } as DestinationAnswer['health']
  const kept = { deliveries: SOUND, waiting: 0, strayEnds: 0, ...given.kept }
  return checkDeliveries(
    'good',
    kept,
    { ...ACCOUNT, ...given.account },
    { ...EXPECTED, ...given.expected },
    health,
  )
}
