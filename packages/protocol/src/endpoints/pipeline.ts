import { endpoint } from '../endpoint.ts'
import { type Infer, z } from '../schema.ts'

const pipeline = z
  .object({
    accepted: z.number().describe('Answered as taken, copies included'),
    processed: z.number().describe('Processed; equals accepted when processing has ended'),
    loaded: z.number().describe('Processed and, where they must be, in ClickHouse'),
    stored: z.number().describe('Distinct events in ClickHouse'),
    duplicates: z.number(),
    filtered: z.number(),
    quarantined: z.number(),
    erased: z.number(),
    refused: z.number().describe('Not taken by the collect API'),
    dedupeWindow: z.object({ days: z.number(), since: z.string(), maxIds: z.number() }),
    deliveries: z
      .object({
        queued: z.number().describe('Queued and not ended'),
        delivered: z.number(),
        failed: z.number(),
        held: z.number(),
        cancelled: z.number(),
      })
      .describe('Deliveries to destinations, by how they ended'),
    lagMs: z.number().describe('Age of the oldest event that is accepted and not processed'),
    lagMaxMs: z
      .number()
      .nullable()
      .describe('From this lag on no more events are taken (`429`); null: they are, whatever the lag'),
    timersLagMs: z.number().describe('Age of the oldest due timer, in milliseconds'),
  })
  .meta({ id: 'Pipeline' })
export type PipelineAnswer = Infer<typeof pipeline>

export const getPipeline = endpoint({
  method: 'GET',
  path: '/v1/pipeline',
  operationId: 'getPipeline',
  summary: 'Get the running counts of the pipeline',
  description: 'They survive restarts.',
  tag: 'Operations',
  permission: 'pipeline:read',
  answers: { 200: pipeline },
  example: {
    answer: {
      accepted: 1208,
      processed: 1208,
      loaded: 1208,
      stored: 1203,
      duplicates: 4,
      filtered: 0,
      quarantined: 1,
      erased: 0,
      refused: 2,
      dedupeWindow: { days: 30, since: '2026-10-31', maxIds: 100000000 },
      deliveries: { queued: 0, delivered: 311, failed: 0, held: 0, cancelled: 0 },
      lagMs: 0,
      lagMaxMs: 60000,
      timersLagMs: 0,
    },
  },
})
