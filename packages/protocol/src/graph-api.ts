import { author, decisionCause } from './api.ts'
import { type Infer, z } from './schema.ts'

const instant = z.string().describe('ISO 8601, UTC, to the millisecond')
const identifier = z.object({ namespace: z.string(), value: z.string() })

export const graphAnswer = z
  .object({
    fragments: z
      .array(
        z.object({
          id: z.string().describe('frg_<number>'),
          identifiers: z
            .array(identifier.extend({ firstSeen: instant, lastSeen: instant, source: z.string() }))
            .describe('That its events carried'),
          traits: z.number(),
          events: z.number(),
          firstSeen: instant,
          lastSeen: instant,
        }),
      )
      .describe('What was learnt under one anchor each; together they are the person'),
    merges: z
      .array(
        z.object({
          ledgerId: z.string(),
          a: z.string(),
          b: z.string(),
          identifiers: z.array(identifier).describe('Because of which they were joined'),
          rule: z.string(),
          reason: z.string(),
          at: instant,
          event: z.object({ position: z.number() }),
          author: author.nullable().describe('Whose word it was; null: the rules decided'),
          cause: decisionCause.nullable().describe('What the event was; null: of the newest only'),
        }),
      )
      .describe('Active merges, oldest first: a tree of the fragments'),
  })
  .meta({ id: 'ProfileGraph' })
export type GraphAnswer = Infer<typeof graphAnswer>
