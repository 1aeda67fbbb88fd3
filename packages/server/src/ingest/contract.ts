/* What other capabilities may ask of ingest: what the marks on an event mean. */

export { EVENT_FLAGS } from './validate.ts'
