import {
  acceptHistory,
  type BackfillBatch,
  backfillOfBatch,
  completeBatch,
  fragmentsOfBatch,
  publishBackfill,
  startBackfill,
} from '@affluent/core/audience/backfill'
import { MembershipEvaluator } from '@affluent/core/audience/membership-evaluator'
import { BACKFILL_EARLY_VERSIONS_MAX } from '@affluent/protocol/limits'
import { type CommandOutcome, NO_OUTCOME } from '../platform/processing/command-decision.ts'
import { describeAudienceChanges } from './audience-changes.ts'
import type { AudienceInput } from './audience-input.ts'
import type { BackfillBatchCommand, BackfillReady, PublishBackfill } from './command.ts'
import { changed } from './decide-audience.ts'

/** Begins a backfill. */
export function decideStartBackfill(input: AudienceInput): CommandOutcome {
  const { audiences, run, counters, clock } = input
  const start = { position: run.first, at: run.command.at, clock, nextFragment: counters.fragment }
  return changed(input, startBackfill(audiences, { ...start, earlyMax: BACKFILL_EARLY_VERSIONS_MAX }))
}

/** From here on fragments take what was computed. */
export function decideBackfillReady(input: AudienceInput, command: BackfillReady): CommandOutcome {
  return changed(input, acceptHistory(input.audiences, command, placeOf(input)))
}

/** The versions are shown. */
export function decidePublishBackfill(input: AudienceInput, { backfill }: PublishBackfill): CommandOutcome {
  return changed(input, publishBackfill(input.audiences, backfill, placeOf(input)))
}

/** Fragments take their history, and their people are asked. */
export async function decideBackfillBatch(
  input: AudienceInput,
  part: BackfillBatchCommand,
): Promise<CommandOutcome> {
  const { workspace, audiences, graphs, rules, counters, run, clock } = input
  const backfill = backfillOfBatch(audiences, part)
  if (backfill === undefined) return NO_OUTCOME
  const ids = fragmentsOfBatch(backfill, part) ?? (await findInRange(input, part))
  const graph = await graphs.load({ identifiers: [], fragments: ids }, rules, counters)
  const evaluator = new MembershipEvaluator(graph, audiences.catalog, clock, input.takeCold())
  evaluator.evaluateFragments(ids, run.first)
  const changes = completeBatch(audiences, backfill, part, placeOf(input))
  const isLast = changes.backfill === null
  return {
    statements: describeAudienceChanges(workspace, changes, run.first),
    graph,
    audiences: evaluator.take(),
    clock: evaluator.clock,
    ...(isLast ? { changesSettings: true } : { backfilledTo: changes.backfill?.doneTo ?? backfill.doneTo }),
  }
}

function placeOf({ run }: AudienceInput): { readonly position: number; readonly at: number } {
  return { position: run.first, at: run.command.at }
}

/** The fragments of a stretch for which this backfill or one before has found history. */
async function findInRange(
  { database, workspace }: AudienceInput,
  { backfill, stretch: [from, to] = [0, 0] }: BackfillBatch,
): Promise<readonly number[]> {
  const { rows } = await database.query<{ fragment: number }>({
    name: 'backfilled_fragments',
    text: `select distinct fragment from backfill_state
           where workspace_id = $1 and fragment >= $2 and fragment < $3 and backfill <= $4`,
    values: [workspace, from, to, backfill],
  })
  return rows.map(({ fragment }) => fragment)
}
