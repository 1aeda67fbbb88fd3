import type { AudienceCatalog } from '@affluent/core/audience/audience-catalog'
import type { ExtractedIdentifiers } from '@affluent/core/identity/extract-identifiers'
import type { IdentityGraph } from '@affluent/core/identity/identity-graph'
import type { Refusal, Warning } from '@affluent/protocol/codes'
import type { MessageMark } from '../stores/message-ids.ts'
import type { AcceptedEvent, EventRun } from './accepted-event.ts'
import { apply } from './apply.ts'
import { type GraphDecision, takeGraphDecision } from './graph-decision.ts'
import { type ColdSeries, PeopleReview, type ReviewDecision } from './people-review.ts'
import { resolve } from './resolve.ts'
import { type RoutedDelivery, Router, type RoutingFacts } from './route.ts'
import { EVENT_FLAGS, validate } from './validate.ts'

/** A processed event, with what ClickHouse must know of it. */
export interface ProcessedEvent {
  readonly position: number
  readonly event: AcceptedEvent
  /** 0: nobody's */
  readonly fragment: number
  /** key of the event's strongest identifier */
  readonly anchor: number
  readonly flags: number
}

/** An event that ended before it was processed. */
export interface EndedEvent {
  readonly position: number
  readonly event: AcceptedEvent
  readonly as: 'duplicate' | 'quarantined'
  readonly reason: Refusal
}

/** Traits of an identify that were not taken because the fragment is full. */
export interface RefusedTraits {
  readonly position: number
  readonly names: readonly string[]
}

/** All that a micro-batch changes, to be saved in one transaction. */
export interface BatchDecision extends GraphDecision, ReviewDecision {
  readonly first: number
  readonly last: number
  readonly processed: readonly ProcessedEvent[]
  readonly ended: readonly EndedEvent[]
  readonly marks: readonly MessageMark[]
  readonly warnings: ReadonlyMap<number, ReadonlyMap<string, CountedWarning>>
  readonly refusedTraits: readonly RefusedTraits[]
  readonly deliveries: readonly RoutedDelivery[]
  /** number of the next delivery after it */
  readonly nextDelivery: number
}

export interface CountedWarning {
  count: number
  message: string
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

/** Rooms 2 to 5 for one micro-batch, in log order, in memory. */
export function decideBatch(input: BatchInput): BatchDecision {
  const { run, graph } = input
  const seen = new Map(input.seen)
  const processed: ProcessedEvent[] = []
  const ended: EndedEvent[] = []
  const marks: MessageMark[] = []
  const refusedTraits: RefusedTraits[] = []
  const warnings = new WarningCounts()
  const review = new PeopleReview(graph, input.catalog, input.clock, input.cold)
  const router = new Router(input.routing, graph, input.nextDelivery)

  for (let index = 0; index < run.events.length; index++) {
    const event = run.events[index] as AcceptedEvent
    const position = run.first + index
    review.advance(event.receivedAt)
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
    const resolution = resolve(graph, event, extracted, position, review.clock)
    const { fragment } = resolution
    const unapplied = fragment === undefined ? [] : apply(fragment, event, position, review.clock)
    if (unapplied.length > 0) refusedTraits.push({ position, names: unapplied })
    warnings.take(event, extracted, resolution.refused, unapplied)
    const changes = review.changes.length
    if (fragment !== undefined) {
      const isBot = (validation.flags & EVENT_FLAGS.bot) !== 0
      const isRegrouped = graph.changes.ledger.length > decisions
      review.noteEvent(fragment, event, { position, isBot, isRegrouped })
    }
    router.routeEvent(event, position, fragment, review.changes.slice(changes))
    const anchor = anchorOf(graph, extracted)
    processed.push({ position, event, fragment: fragment?.id ?? 0, anchor, flags: validation.flags })
  }
  return {
    ...review.take(),
    ...takeGraphDecision(graph),
    ...router.take(),
    first: run.first,
    last: run.first + run.events.length - 1,
    processed,
    ended,
    marks,
    warnings: warnings.bySource,
    refusedTraits,
  }
}

const POISONED: Refusal = {
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

class WarningCounts {
  readonly bySource = new Map<number, Map<string, CountedWarning>>()

  take(
    event: AcceptedEvent,
    extracted: ExtractedIdentifiers,
    refused: readonly { readonly rule: string }[],
    unapplied: readonly string[],
  ): void {
    for (const warning of event.checked.warnings) this.#add(event.source, warning)
    for (const path of extracted.unlinked) {
      // some the door has told of already
      if (event.checked.warnings.some((warning) => warning.code === 'suspicious_id' && warning.path === path))
        continue
      this.#add(event.source, {
        code: 'suspicious_id',
        message: `"${path}" is no usable identifier; it is kept but not linked.`,
      })
    }
    for (const { rule } of refused) {
      this.#add(event.source, {
        code: 'merge_limit',
        message: `An identifier is kept but not linked (rule ${rule}); the ledger says which.`,
      })
    }
    if (unapplied.length > 0) {
      this.#add(event.source, {
        code: 'trait_limit',
        message: 'A profile has as many traits as it may have; a new one was not taken.',
      })
    }
  }

  #add(source: number, warning: Warning): void {
    let counts = this.bySource.get(source)
    if (counts === undefined) this.bySource.set(source, (counts = new Map()))
    const known = counts.get(warning.code)
    if (known === undefined) counts.set(warning.code, { count: 1, message: warning.message })
    else {
      known.count++
      known.message = warning.message
    }
  }
}
