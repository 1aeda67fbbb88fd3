/** What a process does: take events in, process them, load them into ClickHouse, answer the API. */
export const ROLES = ['collect', 'walk', 'load', 'api'] as const
export type Role = (typeof ROLES)[number]
