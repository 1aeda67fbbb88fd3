import type { WhyLeaf } from './why-tree.ts'

/** What decided a leaf, as far as the answer tells it. */
export type Evidence =
  | { readonly kind: 'nothing' }
  /** text: undefined where there is no value. */
  | {
      readonly kind: 'value'
      readonly text: string | undefined
      readonly at: string | undefined
      readonly position: number | undefined
    }
  /** value: of an aggregate; undefined of a count, null where there is none. */
  | {
      readonly kind: 'events'
      readonly count: number
      readonly value: string | null | undefined
      readonly events: ReadonlyArray<{ readonly position: number; readonly at: string }>
    }
  | { readonly kind: 'cold'; readonly at: string | undefined }
  | { readonly kind: 'namespaces'; readonly names: readonly string[] }
  | { readonly kind: 'place'; readonly place: number }

/** Reads `because` of a leaf; what is not understood is left out rather than shown wrong. */
export function readEvidence({ because, isCold }: WhyLeaf): Evidence {
  if (isCold) return { kind: 'cold', at: textIn(because, 'asOf') }
  const { count, values, place, namespaces } = because
  if (typeof count === 'number')
    return { kind: 'events', count, value: undefined, events: eventsIn(because['events']) }
  if (typeof values === 'number') {
    const value = because['value']
    const text = value === null || value === undefined ? null : textOf(value)
    return { kind: 'events', count: values, value: text, events: eventsIn(because['events']) }
  }
  if (typeof place === 'number') return { kind: 'place', place }
  if (Array.isArray(namespaces)) return { kind: 'namespaces', names: namespaces.map(String) }
  if (!('value' in because)) return { kind: 'nothing' }
  const { value, position } = because
  return {
    kind: 'value',
    text: value === null || value === undefined ? undefined : textOf(value),
    at: textIn(because, 'at'),
    position: typeof position === 'number' && position > 0 ? position : undefined,
  }
}

function eventsIn(events: unknown): ReadonlyArray<{ position: number; at: string }> {
  if (!Array.isArray(events)) return []
  return events.flatMap((event: { position?: unknown; at?: unknown } | null) =>
    typeof event?.position === 'number' && typeof event.at === 'string'
      ? [{ position: event.position, at: event.at }]
      : [],
  )
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function textIn(because: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = because[name]
  return typeof value === 'string' ? value : undefined
}
