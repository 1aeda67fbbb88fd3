// The one file that imports the schema library.
import { z as library } from 'zod'

export const z = library

/** Any schema. */
export type Schema = library.ZodType

/** The type that a schema describes, after reading: defaults are filled in. */
export type Infer<S extends Schema> = library.infer<S>

/** The type that a schema takes: what has a default may be absent. */
export type Input<S extends Schema> = library.input<S>

/** Schemas by the name of the field. */
export type Shape = Readonly<Record<string, Schema>>

/** An object that ignores other names. */
export type ObjectSchema<S extends Shape> = library.ZodObject<S>

/** An object that refuses other names. */
export type StrictSchema<S extends Shape> = library.ZodObject<S, library.core.$strict>

/** Any text. */
export type TextSchema = library.ZodString
