import { webhook } from './destinations/webhook/webhook.ts'
import type { SourceKind } from './source-kind.ts'
import { httpSource } from './sources/http/http-source.ts'

/** Every kind of source, in the order in which the console lists them. */
export const SOURCE_KINDS: readonly SourceKind[] = [httpSource]

/** Every kind of destination, in the order in which the console lists them. */
export const DESTINATION_KINDS = [webhook] as const
