// The one file that imports the schema library.
import { z as library } from 'zod'

export const z = library

/** The type that a schema describes. */
export type Infer<Schema extends library.ZodType> = library.infer<Schema>
