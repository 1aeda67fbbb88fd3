import type { JsonObject } from '@affluent/protocol/event'

export const TEMPLATE_KEYS = ['repeat', 'cart', 'sleeping', 'spenders', 'readers'] as const
export type TemplateKey = (typeof TEMPLATE_KEYS)[number]

/** An audience to begin with. */
export interface Template {
  readonly key: TemplateKey
  readonly condition: JsonObject
}

interface Recipe extends Template {
  /** track events that it asks for */
  readonly events: readonly string[]
}

const ORDER = 'Order Completed'
const ADDED = 'Product Added'
const OPENED = 'Email Opened'
const none = { op: 'equals', value: 0 }

const RECIPES: readonly Recipe[] = [
  {
    key: 'repeat',
    events: [ORDER],
    condition: { event: ORDER, count: { op: 'gte', value: 2 }, within: '90d' },
  },
  {
    key: 'cart',
    events: [ADDED, ORDER],
    condition: {
      all: [
        { event: ADDED, within: '7d' },
        { event: ORDER, count: none, within: '7d' },
      ],
    },
  },
  {
    key: 'sleeping',
    events: [ORDER],
    condition: { all: [{ event: ORDER }, { event: ORDER, count: none, within: '60d' }] },
  },
  {
    key: 'spenders',
    events: [ORDER],
    condition: {
      ...{ event: ORDER, aggregate: { fn: 'sum', property: 'revenue' } },
      ...{ op: 'gte', value: 500, within: '12 months' },
    },
  },
  {
    key: 'readers',
    events: [OPENED],
    condition: { event: OPENED, count: { op: 'gte', value: 2 }, within: '60d' },
  },
]

/** The templates whose events have come to this workspace. @param seen names of its track events */
export function templatesFor(seen: ReadonlySet<string>): Template[] {
  return RECIPES.filter(({ events }) => events.every((event) => seen.has(event)))
}
