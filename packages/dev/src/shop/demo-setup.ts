import type { JsonObject } from '@affluent/protocol/event'

/** Audiences that a shop would ask for first, in the language of docs/audiences.md; a French shop, so in French. */
export const DEMO_AUDIENCES: readonly JsonObject[] = [
  {
    ...{ key: 'loyal-customers', name: 'Clients fidèles' },
    condition: { event: 'Order Completed', count: { op: 'gte', value: 3 }, within: '90d' },
  },
  {
    ...{ key: 'abandoned-carts', name: 'Paniers abandonnés' },
    condition: {
      all: [
        { event: 'Product Added', within: '7d' },
        { event: 'Order Completed', count: { op: 'equals', value: 0 }, within: '7d' },
      ],
    },
  },
  {
    ...{ key: 'big-baskets', name: 'Gros paniers' },
    condition: {
      event: 'Order Completed',
      where: [{ property: 'revenue', op: 'gte', value: 300 }],
      within: '90d',
    },
  },
  {
    ...{ key: 'sleeping-customers', name: 'Clients endormis' },
    condition: {
      all: [
        { event: 'Order Completed' },
        { event: 'Order Completed', count: { op: 'equals', value: 0 }, within: '45d' },
      ],
    },
  },
  {
    ...{ key: 'newsletter-readers', name: 'Lecteurs de la newsletter' },
    condition: {
      event: 'Email Opened',
      where: [{ property: 'campaign_name', op: 'starts_with', value: 'newsletter' }],
      count: { op: 'gte', value: 2 },
      within: '60d',
    },
  },
]

interface Demo {
  readonly url: string
  readonly apiKey: string
}

/**
 * Makes the demo's audiences; those that are there already stay as they are. Of the events that its sources sent
 * wrongly, one is repaired and one dismissed; the others wait for whoever looks.
 * @param demo the server's address and an API key of the demo's workspace
 * @throws Error with the answer, when something is refused
 */
export async function setUpDemo(demo: Demo): Promise<void> {
  for (const audience of DEMO_AUDIENCES) await ask(demo, 'POST', '/v1/audiences', audience)
  const refused = await listRefused(demo)
  const repairable = refused.find(({ code }) => code in REPAIRS)
  const repair = REPAIRS[repairable?.code ?? '']
  if (repairable !== undefined && repair !== undefined) {
    const event = repair(JSON.parse(Buffer.from(repairable.raw, 'base64').toString('utf8')) as JsonObject)
    await ask(demo, 'POST', `/v1/outcomes/${repairable.id}/replay`, { event })
  }
  const other = refused.find(({ id }) => id !== repairable?.id)
  // something is left to decide
  if (other !== undefined && refused.length > 2)
    await ask(demo, 'POST', `/v1/outcomes/${other.id}/dismiss`, {})
}

/** What somebody would write instead, by what is wrong. */
const REPAIRS: Readonly<Record<string, (event: JsonObject) => JsonObject>> = {
  missing_event: (event) => ({ ...event, event: 'Product Viewed' }),
  name_too_long: (event) => ({ ...event, event: 'Product Viewed' }),
  invalid_type: (event) => ({ ...event, properties: {} }),
  invalid_timestamp: ({ timestamp: _, ...event }) => event,
}

interface Refused {
  readonly id: string
  readonly code: string
  readonly raw: string
}

async function listRefused(demo: Demo): Promise<readonly Refused[]> {
  const text = await ask(demo, 'GET', '/v1/outcomes?outcome=refused&limit=50')
  return (JSON.parse(text) as { outcomes: readonly Refused[] }).outcomes
}

async function ask(
  { url, apiKey }: Demo,
  method: 'GET' | 'POST',
  path: string,
  body?: JsonObject,
): Promise<string> {
  const answer = await fetch(new URL(path, url), {
    method,
    headers: {
      authorization: `Bearer ${apiKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (answer.ok || answer.status === 409) return text
  throw new Error(`${method} ${path} is refused (${answer.status}): ${text.slice(0, 300)}`)
}
