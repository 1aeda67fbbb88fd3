import type { PersonEvent } from '@affluent/protocol/endpoints/profiles'

export interface EventLine {
  /** What the event calls itself; '' where it has no name. */
  readonly name: string
  /** The first values that it carries, in their order. */
  readonly details: ReadonlyArray<readonly [name: string, value: string]>
}

const DETAILS_SHOWN = 3
const VALUE_CHARS = 40

/** One event on one line: its name and what it carries. */
export function lineOf(event: PersonEvent): EventLine {
  const carried = objectOf(event['properties']) ?? objectOf(event['traits']) ?? {}
  return { name: nameOf(event, carried), details: detailsOf(event, carried) }
}

function nameOf(event: PersonEvent, carried: Record<string, unknown>): string {
  switch (event.type) {
    case 'track':
      return textOf(event['event'])
    case 'page':
    case 'screen':
      return textOf(event['name']) || textOf(carried['title']) || textOf(carried['path'])
    case 'group':
      return textOf(event['groupId'])
    case 'alias':
      return textOf(event['previousId'])
    default:
      return ''
  }
}

function detailsOf(event: PersonEvent, carried: Record<string, unknown>): EventLine['details'] {
  const name = nameOf(event, carried)
  return Object.entries(carried)
    .flatMap(([key, value]) => {
      const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      const text = isPlain ? String(value) : ''
      return text === '' || text === name ? [] : [[key, short(text)] as const]
    })
    .slice(0, DETAILS_SHOWN)
}

function short(text: string): string {
  const signs = [...text]
  return signs.length > VALUE_CHARS ? `${signs.slice(0, VALUE_CHARS).join('')}…` : text
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}
