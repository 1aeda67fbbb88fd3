import { z } from './schema.ts'

/** A moment, as every answer writes it. */
export const instant = z.string().describe('ISO 8601, UTC, to the millisecond')
