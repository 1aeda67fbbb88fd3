/** The six calls of the tracking API. */
export const EVENT_TYPES = ['identify', 'track', 'page', 'screen', 'group', 'alias'] as const

export type EventType = (typeof EVENT_TYPES)[number]

export type Json = null | boolean | number | string | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json
}

/** One identifier: a namespace (`user_id`, `email`, ...) and a value in that namespace. */
export interface Identifier {
  readonly namespace: string
  readonly value: string
}

/** What has been done about an event that was refused, quarantined or filtered. */
export const HANDLING_STATES = ['open', 'replayed', 'dismissed'] as const
export type HandlingState = (typeof HANDLING_STATES)[number]
