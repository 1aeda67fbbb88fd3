import type { DestinationAnswer } from '@affluent/protocol/endpoints/destinations'
import type { KeptQueue } from './read-deliveries.ts'

/** What the receiver of a destination saw. */
export interface ReceiverAccount {
  /** how often each webhook-id was answered with 2xx */
  readonly taken: ReadonlyMap<string, number>
  readonly refused: ReadonlySet<string>
  readonly memberships: ReadonlyMap<string, readonly boolean[]>
  readonly disordered: number
  readonly disorders: readonly string[]
}

/** What must have come to a destination. */
export interface ExpectedDeliveries {
  /** messageIds of all that was acknowledged */
  readonly events: ReadonlySet<string>
  /** of an audience that it is told of: how often each person entered or left it; undefined: of none */
  readonly changes: ReadonlyMap<string, number> | undefined
  /** ids that may have been taken twice */
  readonly repeatsMax: number
}

/**
 * Compares the rows of one destination at rest with what was acknowledged, with what its receiver saw, and with its
 * counters.
 * @returns one sentence for each fault
 */
export function checkDeliveries(
  name: string,
  kept: KeptQueue,
  receiver: ReceiverAccount,
  expected: ExpectedDeliveries,
  health: DestinationAnswer['health'],
): string[] {
  const faults = [
    ...rowFaults(kept, expected),
    ...endFaults(kept, receiver),
    ...receiverFaults(kept, receiver, expected),
    ...membershipFaults(kept, receiver, expected),
    ...counterFaults(kept, health),
  ]
  return faults.map((fault) => `${name}: ${fault}`)
}

/** Each event has one delivery, and nothing else has any. */
function rowFaults({ deliveries, waiting, strayEnds }: KeptQueue, { events }: ExpectedDeliveries): string[] {
  const seen = new Set<string>()
  const twice: string[] = []
  const unknown: string[] = []
  for (const { messageId } of deliveries) {
    if (messageId === undefined) continue
    if (seen.has(messageId)) twice.push(messageId)
    if (!events.has(messageId)) unknown.push(messageId)
    seen.add(messageId)
  }
  const missing = [...events].filter((messageId) => !seen.has(messageId))
  return [
    ...some(missing, 'acknowledged events have no delivery'),
    ...some(twice, 'events have two deliveries'),
    ...some(unknown, 'deliveries are of events that nobody sent'),
    ...(waiting > 0 ? [`${waiting} rows still wait, though nothing is queued`] : []),
    ...(strayEnds > 0 ? [`${strayEnds} ends are of no delivery`] : []),
  ]
}

/** Each delivery has ended, and as the receiver answered. */
function endFaults({ deliveries }: KeptQueue, { taken, refused }: ReceiverAccount): string[] {
  const open: string[] = []
  const notTaken: string[] = []
  const notRefused: string[] = []
  const wrong: string[] = []
  for (const { id, messageId, ended, attempts, lastStatus } of deliveries) {
    const said = `${id} of ${messageId ?? 'a membership'}`
    if (ended === undefined) open.push(said)
    else if (ended === 'delivered') {
      if (!taken.has(id)) notTaken.push(said)
      if (attempts === 0 || lastStatus === undefined || lastStatus < 200 || lastStatus > 299) wrong.push(said)
    } else if (ended === 'failed' && refused.has(id)) {
      if (lastStatus !== 400) wrong.push(said)
    } else notRefused.push(`${said}: ${ended}`)
  }
  return [
    ...some(open, 'deliveries have not ended, though nothing is queued'),
    ...some(notTaken, 'deliveries are "delivered" and were never answered with 2xx'),
    ...some(notRefused, 'deliveries ended without being delivered, and their receiver did not refuse them'),
    ...some(wrong, 'deliveries have a last attempt that does not say how they ended'),
  ]
}

/** Nothing came of nowhere, little came twice, and the order of each person holds. */
function receiverFaults(
  { deliveries }: KeptQueue,
  { taken, disordered, disorders }: ReceiverAccount,
  { repeatsMax }: ExpectedDeliveries,
): string[] {
  const known = new Set(deliveries.map(({ id }) => id))
  const repeated = [...taken].filter(([, times]) => times > 1).map(([id]) => id)
  return [
    ...some(
      [...taken.keys()].filter((id) => !known.has(id)),
      'webhook-ids were posted that no delivery has',
    ),
    ...(repeated.length > repeatsMax ? some(repeated, `ids were taken twice, more than ${repeatsMax}`) : []),
    ...(disordered > 0
      ? [`${disordered} events came before earlier ones of their person (${disorders.join('; ')})`]
      : []),
  ]
}

/** Each change of an audience was told once, entering and leaving by turns. */
function membershipFaults(
  { deliveries }: KeptQueue,
  { memberships }: ReceiverAccount,
  { changes }: ExpectedDeliveries,
): string[] {
  const members = deliveries.filter(({ member }) => member !== undefined)
  if (changes === undefined)
    return members.length === 0 ? [] : [`${members.length} memberships are queued for nobody`]
  const queued = new Map<string, number>()
  for (const { member } of members)
    if (member !== undefined) queued.set(member.userId, (queued.get(member.userId) ?? 0) + 1)
  const people = new Set([...queued.keys(), ...changes.keys()])
  const wrong = [...people].filter((userId) => (queued.get(userId) ?? 0) !== (changes.get(userId) ?? 0))
  const confused = [...people].filter((userId) => {
    const told = memberships.get(userId) ?? []
    return (
      told.length !== (queued.get(userId) ?? 0) ||
      told.some((entered, index) => entered !== (index % 2 === 0))
    )
  })
  return [
    ...some(wrong, 'people have not one delivery for each change of the audience'),
    ...some(confused, 'people were not told of as entering and leaving by turns'),
  ]
}

/** Its running counts say what the rows say. */
function counterFaults({ deliveries }: KeptQueue, health: DestinationAnswer['health']): string[] {
  const { last24h } = health
  const delivered = deliveries.filter(({ ended }) => ended === 'delivered')
  const firstTry = delivered.filter(({ attempts }) => attempts === 1).length
  const failed = deliveries.filter(({ ended }) => ended === 'failed').length
  const open = deliveries.filter(({ ended }) => ended === undefined).length
  const faults: string[] = []
  const expect = (is: number, wanted: number, what: string) => {
    if (is !== wanted) faults.push(`${what}: the counter says ${is}, the rows ${wanted}`)
  }
  expect(last24h.delivered, delivered.length, 'delivered')
  expect(last24h.deliveredFirstTry, firstTry, 'delivered at the first try')
  expect(last24h.failed, failed, 'failed')
  expect(health.queued, open, 'queued')
  return faults
}

function some(list: readonly string[], what: string): string[] {
  if (list.length === 0) return []
  return [`${list.length} ${what} (${list.slice(0, 3).join('; ')}${list.length > 3 ? '; ...' : ''})`]
}
