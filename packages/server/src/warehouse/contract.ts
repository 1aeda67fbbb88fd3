/* What other capabilities may ask of the warehouse: events, and what waits for the loader. */

export { viewEvents } from './event-view.ts'
export { decodePart, type LoadMark } from './load-entry.ts'
export { findLoadEntries } from './load-entry-table.ts'
