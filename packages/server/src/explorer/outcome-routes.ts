import * as api from '@affluent/protocol/endpoints/outcomes'
import type { JsonObject } from '@affluent/protocol/event'
import {
  REPLAY_OUTCOMES_MAX,
  REPLAY_PART_BYTES_MAX,
  REPLAY_PART_OUTCOMES_MAX,
} from '@affluent/protocol/limits'
import type { FastifyInstance } from 'fastify'
import { cursorSecret, findSource, nameSources, waitFor } from '../platform/http/api-context.ts'
import { ApiError } from '../platform/http/api-error.ts'
import { authorOf } from '../platform/http/author-of.ts'
import { readCursor, signCursor } from '../platform/http/cursor.ts'
import { readLimit } from '../platform/http/read-query.ts'
import { serve } from '../platform/http/serve.ts'
import type { Workspace } from '../platform/workspace/registry.ts'
import type { ExplorerApi } from './explorer-api.ts'
import {
  claimOutcomes,
  countOpen,
  countReplayable,
  dismissOutcome,
  findEnding,
  findOutcome,
  type KeptOutcome,
  listReplayable,
  noteReplayed,
  type OutcomeFilter,
  releaseOutcomes,
  viewOutcomes,
} from './outcome-store.ts'
import { type Again, type ReparsedEvent, reparseForReplay } from './reparse-for-replay.ts'
import { replayEvents } from './replay-events.ts'

/** What was refused, quarantined, filtered or came twice: seen, repaired, sent again. */
export function registerOutcomes(app: FastifyInstance, options: ExplorerApi): void {
  const { database, registry } = options
  serve(app, api.listOutcomes, async (request) => {
    const { workspace, query } = request
    const limit = readLimit(query.limit)
    const secret = cursorSecret(workspace.profileIdKey)
    const [before] = readCursor(secret, 'outcomes', query.cursor) ?? []
    const { outcome, code } = query
    const filter = { outcome, code, source: sourceOf(options, workspace, query.source) }
    const page = { limit, before, filter }
    const outcomes = await viewOutcomes(database, workspace.id, page, nameSources(registry))
    const last = outcomes.at(-1)
    const isLast = last === undefined || outcomes.length < limit
    return { outcomes, cursor: isLast ? null : signCursor(secret, 'outcomes', [Number(last.id)]) }
  })

  serve(app, api.countOpenOutcomes, ({ workspace }) => countOpen(database, workspace.id))

  serve(app, api.dismissOutcome, async ({ workspace, params, body, caller }) => {
    const { id } = params
    const at = body.dismissed ? options.now() : undefined
    const handling = isOutcomeId(id)
      ? await dismissOutcome(database, workspace.id, Number(id), { at, by: authorOf(caller).name })
      : undefined
    if (handling !== undefined) return { handling }
    const message = `There is no outcome "${id}" of which anything is kept.`
    throw new ApiError(404, 'not_found', message)
  })

  serve(app, api.replayOutcome, async (request, reply) => {
    const { workspace, body } = request
    const { id } = request.params
    const outcome = isOutcomeId(id) ? await findOutcome(database, workspace.id, Number(id)) : undefined
    if (outcome === undefined) throw new ApiError(404, 'not_found', `There is no outcome "${id}".`)
    const again = checkReplayable(outcome, body.again === true)
    const received = reparseForReplay(again, body.event as JsonObject | undefined, options.now())
    const how = { again: body.again === true, by: authorOf(request.caller).name }
    const sent = await replay(options, workspace, [{ outcome, received }], how)
    const position = sent.get(outcome.id)
    if (position === undefined) throw alreadyReplayed(undefined)
    reply.header('affluent-position', position)
    const { accepted, rejected } = received
    const shown = rejected.map(({ index, code, message }) => ({ index, code, message }))
    return {
      position,
      events: accepted.length,
      rejected: shown,
      ...(await endOf(options, workspace, position)),
    }
  })

  serve(app, api.replayOutcomes, async (request) => {
    const { workspace, body } = request
    const { code, source, from, to } = body.filter
    const filter: OutcomeFilter = {
      code,
      source: sourceOf(options, workspace, source),
      from: from === undefined ? undefined : Date.parse(from),
      to: to === undefined ? undefined : Date.parse(to),
    }
    const secret = cursorSecret(workspace.profileIdKey)
    const [after = 0] = readCursor(secret, 'replay', body.cursor) ?? []
    const { last, ...counts } = await replayMany(options, workspace, {
      filter,
      after,
      isDry: body.dryRun,
      by: authorOf(request.caller).name,
    })
    return { ...counts, cursor: last === undefined ? null : signCursor(secret, 'replay', [last]) }
  })
}

function isOutcomeId(id: string): boolean {
  return /^\d{1,15}$/.test(id)
}

function sourceOf(options: ExplorerApi, workspace: Workspace, slug: string | undefined): number | undefined {
  return slug === undefined ? undefined : findSource(options.registry, workspace, slug).id
}

/** @throws ApiError 409 when it cannot be sent again, or was */
function checkReplayable(outcome: KeptOutcome, again: boolean): Again {
  const { raw, replayedAt, replayedPosition } = outcome
  if (raw === null) {
    const message = 'This was a copy of an event that had come before: there is nothing to send again.'
    throw new ApiError(409, 'not_replayable', message)
  }
  if (replayedAt !== null && !again) throw alreadyReplayed(replayedPosition ?? undefined)
  return toAgain(outcome, raw)
}

function toAgain(outcome: KeptOutcome, raw: Buffer): Again {
  const { source, receivedAt, type, isHistory, timesAsGiven } = outcome
  return { raw, source, receivedAt: receivedAt.getTime(), type: type ?? undefined, isHistory, timesAsGiven }
}

function alreadyReplayed(position: number | undefined): ApiError {
  const where = position === undefined ? '' : ` as position ${position}`
  const message = `This was sent again already${where}. Send "again": true to do it once more.`
  return new ApiError(409, 'already_replayed', message, { path: 'again' })
}

interface Replay {
  readonly outcome: KeptOutcome
  readonly received: ReparsedEvent
}

/**
 * Takes outcomes for this call alone, then keeps their events.
 * @returns position that each got, by outcome; of those that somebody else sends meanwhile, none
 */
async function replay(
  options: ExplorerApi,
  workspace: Workspace,
  replays: readonly Replay[],
  how: { readonly again: boolean; readonly by: string },
): Promise<Map<number, number>> {
  const { database, now } = options
  const ids = replays.map(({ outcome }) => outcome.id)
  const claimed = await claimOutcomes(database, workspace.id, ids, { at: now(), ...how })
  const own = replays.filter(({ outcome }) => claimed.has(outcome.id))
  const sent = await replayEvents(
    (append) => options.append(workspace.id, append),
    own.map(({ outcome, received }) => ({ key: outcome.id, events: received.accepted })),
  )
  if (sent.positions.size > 0) await noteReplayed(database, workspace.id, sent.positions)
  if (sent.failure === undefined) return sent.positions
  const unsent = own.filter(({ outcome }) => !sent.positions.has(outcome.id))
  await releaseOutcomes(
    database,
    workspace.id,
    unsent.map(({ outcome }) => outcome),
  )
  throw sent.failure
}

/** What became of an event that was sent again, as soon as that is known. */
async function endOf(options: ExplorerApi, workspace: Workspace, position: number) {
  try {
    await waitFor(options, workspace.id, position, 'processed')
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { outcome: 'accepted' as const, code: null, message: null }
  }
  const ending = await findEnding(options.database, workspace.id, position)
  if (ending === undefined) return { outcome: 'processed' as const, code: null, message: null }
  return { outcome: ending.outcome, code: ending.code, message: ending.message }
}

/** @returns `last`: the outcome that a further call goes on after; undefined: there are no more */
async function replayMany(
  options: ExplorerApi,
  workspace: Workspace,
  what: {
    readonly filter: OutcomeFilter
    readonly after: number
    readonly isDry: boolean
    readonly by: string
  },
) {
  const { database } = options
  const { filter, isDry, by } = what
  const matching = await countReplayable(database, workspace.id, what.after, filter)
  const counts = { matching, replayed: 0, refusedAgain: 0 }
  let after = what.after
  for (let seen = 0; seen < REPLAY_OUTCOMES_MAX; ) {
    const limit = {
      outcomes: Math.min(REPLAY_PART_OUTCOMES_MAX, REPLAY_OUTCOMES_MAX - seen),
      bytes: REPLAY_PART_BYTES_MAX,
    }
    const part = await listReplayable(database, workspace.id, after, filter, limit)
    const last = part.at(-1)
    if (last === undefined) return { ...counts, last: undefined }
    const replays = part.flatMap((outcome) => takeAsItCame(outcome, options.now()) ?? [])
    counts.refusedAgain += part.length - replays.length
    counts.replayed += isDry
      ? replays.length
      : (await replay(options, workspace, replays, { again: false, by })).size
    after = last.id
    seen += part.length
  }
  return { ...counts, last: after }
}

/** @returns undefined when it would end as before: refused, or in conflict with the event that has its messageId */
function takeAsItCame(outcome: KeptOutcome, now: number): Replay | undefined {
  if (outcome.raw === null || outcome.code === 'message_id_conflict') return undefined
  try {
    return { outcome, received: reparseForReplay(toAgain(outcome, outcome.raw), undefined, now) }
  } catch (error) {
    if (error instanceof ApiError) return undefined
    throw error
  }
}
