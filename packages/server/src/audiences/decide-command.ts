import type { CommandTable } from '../platform/processing/command-decision.ts'
import type { AudienceInput } from './audience-input.ts'
import type { AudienceCommand } from './command.ts'
import { decideDeleteAudience, decidePutAudience } from './decide-audience.ts'
import {
  decideBackfillBatch,
  decideBackfillReady,
  decidePublishBackfill,
  decideStartBackfill,
} from './decide-backfill.ts'
import { decideColdAnswers } from './decide-cold-answers.ts'
import { decideDueTimers } from './decide-due-timers.ts'

/** How commands about audiences are decided. */
export const AUDIENCE_COMMANDS: CommandTable<AudienceCommand, AudienceInput> = {
  put_audience: decidePutAudience,
  delete_audience: decideDeleteAudience,
  start_backfill: decideStartBackfill,
  backfill_ready: decideBackfillReady,
  publish_backfill: decidePublishBackfill,
  backfill_batch: decideBackfillBatch,
  cold_answers: decideColdAnswers,
  fire_timers: decideDueTimers,
}
