import type { EventType } from '@affluent/protocol/event'
import { EVENT_TYPES } from '@affluent/protocol/event'
import { EVENT_VIEWS, type EventView, readEventId } from '../live/live-search.ts'

/** What the address of the list says. */
export interface PeopleSearch {
  readonly search?: string
}

export const PROFILE_TABS = ['activity', 'identity', 'audiences', 'deliveries'] as const
export type ProfileTab = (typeof PROFILE_TABS)[number]

/** What the address of one profile says. */
export interface ProfileSearch {
  readonly tab?: ProfileTab
  /** The event that is open in the side panel. */
  readonly event?: string
  readonly view?: EventView
  /** Of the timeline. */
  readonly type?: EventType
  /** The audience that is explained. */
  readonly audience?: string
}

export function readPeopleSearch({ search }: Record<string, unknown>): PeopleSearch {
  if (typeof search === 'number' || typeof search === 'boolean') return { search: String(search) }
  return typeof search === 'string' && search !== '' ? { search } : {}
}

export function readProfileSearch(search: Record<string, unknown>): ProfileSearch {
  const { audience } = search
  const fields = {
    tab: PROFILE_TABS.find((one) => one === search['tab']),
    event: readEventId(search['event']),
    view: EVENT_VIEWS.find((one) => one === search['view']),
    type: EVENT_TYPES.find((one) => one === search['type']),
    audience: typeof audience === 'string' || typeof audience === 'number' ? String(audience) : undefined,
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
