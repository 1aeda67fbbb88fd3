import { z } from './schema.ts'

/** What names somebody, as every answer writes it. */
export const identifier = z.object({ namespace: z.string(), value: z.string() })
