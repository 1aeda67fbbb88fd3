/**
 * What an API key may open: all reads; traits, merges and un-merges of people; audiences; destinations with sources,
 * connections and replay; rules and all else that needs no team member. None holds another.
 */
export const SCOPES = ['read', 'people', 'audiences', 'destinations', 'admin'] as const
export type Scope = (typeof SCOPES)[number]
