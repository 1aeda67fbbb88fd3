import type { JsonObject } from '@affluent/protocol/event'

/** Audiences that a shop would ask for first, in the language of docs/audiences.md. */
export const DEMO_AUDIENCES: readonly JsonObject[] = [
  {
    ...{ key: 'loyal-customers', name: 'Loyal customers' },
    condition: { event: 'Order Completed', count: { op: 'gte', value: 3 }, within: '90d' },
  },
  {
    ...{ key: 'abandoned-carts', name: 'Abandoned carts' },
    condition: {
      all: [
        { event: 'Product Added', within: '7d' },
        { event: 'Order Completed', count: { op: 'equals', value: 0 }, within: '7d' },
      ],
    },
  },
  {
    ...{ key: 'big-baskets', name: 'Big baskets' },
    condition: {
      event: 'Order Completed',
      where: [{ property: 'revenue', op: 'gte', value: 300 }],
      within: '90d',
    },
  },
  {
    ...{ key: 'sleeping-customers', name: 'Sleeping customers' },
    condition: {
      all: [
        { event: 'Order Completed' },
        { event: 'Order Completed', count: { op: 'equals', value: 0 }, within: '45d' },
      ],
    },
  },
  {
    ...{ key: 'newsletter-readers', name: 'Newsletter readers' },
    condition: {
      event: 'Email Opened',
      where: [{ property: 'campaign_name', op: 'starts_with', value: 'newsletter' }],
      count: { op: 'gte', value: 2 },
      within: '60d',
    },
  },
]

/**
 * Makes the demo's audiences; those that are there already stay as they are.
 * @param server its address and an API key of the demo's workspace
 * @throws Error with the answer, when one is refused
 */
export async function setUpDemo({
  url,
  apiKey,
}: {
  readonly url: string
  readonly apiKey: string
}): Promise<void> {
  for (const audience of DEMO_AUDIENCES) {
    const answer = await fetch(new URL('/v1/audiences', url), {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(audience),
    })
    const text = await answer.text()
    if (!answer.ok && answer.status !== 409)
      throw new Error(
        `The audience "${audience['key']}" is refused (${answer.status}): ${text.slice(0, 300)}`,
      )
  }
}
