/** The six calls of the tracking API. */
export const EVENT_TYPES = ['identify', 'track', 'page', 'screen', 'group', 'alias'] as const

export type EventType = (typeof EVENT_TYPES)[number]

export type Json = null | boolean | number | string | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json
}

/** Where an accepted event ended. Every accepted event ends in exactly one of these. */
export const OUTCOMES = ['processed', 'duplicate', 'filtered', 'quarantined'] as const

export type Outcome = (typeof OUTCOMES)[number]

/** One identifier: a namespace (`user_id`, `email`, ...) and a value in that namespace. */
export interface Identifier {
  readonly namespace: string
  readonly value: string
}
