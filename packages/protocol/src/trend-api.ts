import { TREND_DAYS_MAX } from './limits.ts'
import { type Infer, z } from './schema.ts'

const instant = z.string().describe('ISO 8601, UTC, to the millisecond')

export const trendQuery = z.object({
  days: z.coerce.number().int().min(1).max(TREND_DAYS_MAX).default(30).describe('Up to and including today'),
})

export const trendAnswer = z
  .object({
    points: z
      .array(
        z.object({
          day: z.string().describe('Of the calendar of the workspace: 2026-11-22'),
          size: z.number().describe('Members at the end of the day, today: now'),
          entered: z.number(),
          exited: z.number(),
        }),
      )
      .describe(
        'Oldest first, from the day on which the present definition was live; who was merged neither enters nor exits',
      ),
    asOf: instant,
  })
  .meta({ id: 'AudienceTrend' })
export type TrendAnswer = Infer<typeof trendAnswer>

export const movementsAnswer = z
  .object({
    movements: z
      .array(z.object({ audience: z.string(), entered: z.number(), exited: z.number() }))
      .describe('Of each live audience'),
    since: instant,
    asOf: instant,
  })
  .meta({ id: 'AudienceMovements' })
