import type { AudienceCatalog } from '@affluent/core/audience/audience-catalog'
import type { AudiencePart, MembershipChange } from '@affluent/core/audience/membership-evaluator'
import { type ColdSeries, MembershipEvaluator } from '@affluent/core/audience/membership-evaluator'
import { Router, type RoutingFacts } from '@affluent/core/delivery/router'
import type { ExtractedIdentifiers } from '@affluent/core/identity/extract-identifiers'
import type { IdentityGraph } from '@affluent/core/identity/identity-graph'
import type { Rejection } from '@affluent/protocol/codes'
import { takeIdentityPart } from '../identity/identity-part.ts'
import { resolve } from '../identity/resolve.ts'
import type { MessageMark } from '../ingest/message-ids.ts'
import { WarningCounts, type WarningsBySource } from '../ingest/source-warnings.ts'
import { EVENT_FLAGS, validate } from '../ingest/validate.ts'
import type { AcceptedEvent, EventRun } from '../platform/processing/accepted-event.ts'
import type {
  DeliveryPart,
  IdentityPart,
  ProfilePart,
  RefusedTraits,
} from '../platform/processing/batch-decision.ts'
import type { EndedEvent } from '../platform/processing/ended-event.ts'
import type { ProcessedEvent } from '../platform/processing/processed-event.ts'
import type { Turns } from '../platform/processing/turns.ts'
import { apply } from '../profiles/apply.ts'

/** All that a micro-batch changes, to be saved in one transaction. */
export interface BatchDecision {
  readonly first: number
  readonly last: number
  readonly processed: readonly ProcessedEvent[]
  readonly ended: readonly EndedEvent[]
  readonly marks: readonly MessageMark[]
  readonly warnings: WarningsBySource
  /** the workspace's time after it, milliseconds since the epoch */
  readonly clock: number
  readonly identity: IdentityPart
  readonly profiles: ProfilePart
  readonly audiences: AudiencePart
  readonly delivery: DeliveryPart
}

/** What a batch is decided from. */
export interface BatchInput {
  readonly run: EventRun
  readonly extracted: readonly ExtractedIdentifiers[]
  readonly marks: readonly (MessageMark | undefined)[]
  /** fingerprints of messageIds that were seen before this batch, by id */
  readonly seen: ReadonlyMap<string, number>
  readonly graph: IdentityGraph
  readonly catalog: AudienceCatalog
  readonly routing: RoutingFacts
  /** number of the next delivery */
  readonly nextDelivery: number
  /** series that history has made too long */
  readonly cold: readonly ColdSeries[]
  /** the workspace's time before, milliseconds since the epoch */
  readonly clock: number
  /** positions that could not be processed in several tries */
  readonly poisoned: ReadonlySet<number>
}

/**
 * Stages 2 to 5 for one micro-batch, in log order, in memory.
 * @param turns when others have theirs; nothing else may change the graph meanwhile
 */
export async function decideBatch(input: BatchInput, turns: Turns): Promise<BatchDecision> {
  const { run, graph } = input
  const seen = new Map(input.seen)
  const processed: ProcessedEvent[] = []
  const ended: EndedEvent[] = []
  const marks: MessageMark[] = []
  const refusedTraits: RefusedTraits[] = []
  const warnings = new WarningCounts()
  const evaluator = new MembershipEvaluator(graph, input.catalog, input.clock, input.cold)
  const router = new Router(input.routing, graph, input.nextDelivery)

  for (let index = 0; index < run.events.length; index++) {
    if (turns.isOver) await turns.give()
    const event = run.events[index] as AcceptedEvent
    const position = run.first + index
    evaluator.advance(event.receivedAt)
    if (input.poisoned.has(position)) {
      ended.push({ position, event, as: 'quarantined', reason: POISONED })
      continue
    }
    const mark = input.marks[index]
    const validation = validate(event, mark, mark === undefined ? undefined : seen.get(mark.id))
    if (validation.kind === 'ended') {
      ended.push({ position, event, as: validation.as, reason: validation.reason })
      continue
    }
    if (mark !== undefined) {
      seen.set(mark.id, mark.fingerprint)
      marks.push(mark)
    }
    const extracted = input.extracted[index] as ExtractedIdentifiers
    const decisions = graph.changes.ledger.length
    const resolution = resolve(graph, event, extracted, position, evaluator.clock)
    const { fragment } = resolution
    const unapplied = fragment === undefined ? [] : apply(fragment, event, position, evaluator.clock)
    if (unapplied.length > 0) refusedTraits.push({ position, names: unapplied })
    warnings.take(event, extracted, resolution.refused, unapplied)
    const changes = evaluator.changes.length
    if (fragment !== undefined) {
      const isBot = (validation.flags & EVENT_FLAGS.bot) !== 0
      const isRegrouped = graph.changes.ledger.length > decisions
      const { type, name, time, json } = event.checked
      evaluator.noteEvent(fragment, { type, name, time, position, json }, { isBot, isRegrouped })
    }
    const changed = evaluator.changes.length > changes ? evaluator.changes.slice(changes) : NONE_CHANGED
    router.routeEvent(event, position, fragment, changed)
    const anchor = anchorOf(graph, extracted)
    processed.push({ position, event, fragment: fragment?.id ?? 0, anchor, flags: validation.flags })
  }
  return {
    clock: evaluator.clock,
    identity: takeIdentityPart(graph),
    profiles: { refusedTraits },
    audiences: evaluator.take(),
    delivery: router.take(),
    first: run.first,
    last: run.first + run.events.length - 1,
    processed,
    ended,
    marks,
    warnings: warnings.bySource,
  }
}

const NONE_CHANGED: readonly MembershipChange[] = []

const POISONED: Rejection = {
  code: 'processing_failed',
  message:
    'This event could not be processed in several tries; the log of the server says why. It can be replayed.',
}

function anchorOf(graph: IdentityGraph, extracted: ExtractedIdentifiers): number {
  let anchor = 0
  let strongest = Number.POSITIVE_INFINITY
  for (const identifier of extracted.identifiers) {
    const known = graph.find(identifier)
    if (known === undefined) continue
    const { priority } = graph.ruleOf(identifier.namespace)
    if (priority >= strongest) continue
    strongest = priority
    anchor = known.id
  }
  return anchor
}
