import { randomUUID } from 'node:crypto'

/** The id that an error answer carries, and the log line with it. */
export function newErrorId(): string {
  return `err_${randomUUID()}`
}
