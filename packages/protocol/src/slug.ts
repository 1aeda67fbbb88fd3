import { z } from './schema.ts'

/** What a workspace or a source is called in addresses. */
export const slug = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,62}$/,
    'A slug has 1 to 63 of a-z, 0-9, _ and -, and begins with a letter or a digit.',
  )
