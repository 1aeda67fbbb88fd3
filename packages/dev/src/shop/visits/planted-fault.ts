import type { JsonObject } from '@affluent/protocol/event'
import { SeededRandom } from '../../faults/seeded-random.ts'
import { MINUTE_MS } from '../calendar.ts'
import { DRAW, uuidOf } from '../seeds.ts'
import type { Planted, ShopSource } from '../shop-record.ts'
import type { Story } from '../story.ts'
import { chooseAny, describeProduct } from './basket.ts'
import type { Visit } from './visit.ts'

interface Fault {
  readonly planted: Planted
  readonly source: ShopSource
  readonly event: (anonymousId: string, product: JsonObject) => JsonObject
}

const VIEWED = 'Product Viewed'
const ID_LENGTH_WRONG = 300
const NUMBER_TOO_LARGE = 2 ** 60
const ZEROS = '00000000-0000-0000-0000-000000000000'

/** Mistakes that real sources make, each as somebody once sent it. */
const FAULTS: readonly Fault[] = [
  {
    ...{ planted: 'missing_user_id', source: 'tills' },
    event: (_, properties) => ({ type: 'track', event: 'Order Completed', properties }),
  },
  {
    ...{ planted: 'invalid_timestamp', source: 'crm' },
    event: (anonymousId) => ({
      type: 'identify',
      anonymousId,
      timestamp: '21/11/2026 10:00',
      traits: { title: 'Mme' },
    }),
  },
  {
    ...{ planted: 'name_too_long', source: 'web' },
    event: (anonymousId, properties) => ({
      type: 'track',
      anonymousId,
      event: `${VIEWED} `.repeat(20),
      properties,
    }),
  },
  {
    ...{ planted: 'missing_event', source: 'web' },
    event: (anonymousId, properties) => ({ type: 'track', anonymousId, properties }),
  },
  {
    ...{ planted: 'id_too_long', source: 'app' },
    event: (_, properties) => ({
      type: 'track',
      event: VIEWED,
      userId: 'x'.repeat(ID_LENGTH_WRONG),
      properties,
    }),
  },
  {
    ...{ planted: 'invalid_type', source: 'app' },
    event: (anonymousId) => ({ type: 'track', event: VIEWED, anonymousId, properties: '[object Object]' }),
  },
  {
    ...{ planted: 'unknown_type', source: 'tills' },
    event: (anonymousId, properties) => ({ type: 'purchase', anonymousId, properties }),
  },
  {
    ...{ planted: 'unsafe_integer', source: 'crm' },
    event: () => ({ type: 'identify', userId: NUMBER_TOO_LARGE, traits: { title: 'M.' } }),
  },
  {
    ...{ planted: 'missing_group_id', source: 'helpdesk' },
    event: (anonymousId) => ({ type: 'group', anonymousId, traits: { name: 'Les Amis du Jardin' } }),
  },
  {
    ...{ planted: 'junk', source: 'web' },
    event: (_, properties) => ({
      type: 'track',
      event: VIEWED,
      anonymousId: ZEROS,
      userId: 'undefined',
      properties,
    }),
  },
]

/** A source makes a mistake; every eleventh is the messageId of one event under another. */
export function plantFault(story: Story, visit: Visit): void {
  const random = new SeededRandom(visit.seed)
  const anonymousId = uuidOf(visit.seed, DRAW.faults)
  const properties = describeProduct(chooseAny(random))
  const fault = FAULTS[visit.person % (FAULTS.length + 1)]
  if (fault !== undefined) {
    const { planted, source, event } = fault
    story.tell({ ...{ at: visit.at, source, truth: null, planted }, event: event(anonymousId, properties) })
    return
  }
  const said = { at: visit.at, source: 'web' as const, truth: null }
  const viewed = { type: 'track', event: VIEWED, anonymousId, properties }
  const messageId = story.tell({ ...said, event: viewed })
  story.tell({
    ...{ ...said, at: visit.at + 2 * MINUTE_MS, planted: 'message_id_conflict' },
    event: { ...viewed, messageId, event: 'Product Added' },
  })
}
