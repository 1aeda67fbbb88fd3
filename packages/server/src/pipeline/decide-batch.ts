import type { ExtractedIdentifiers } from '@affluent/core/identity/extract-identifiers'
import type { Counters, GraphChanges, IdentityGraph } from '@affluent/core/identity/identity-graph'
import type { Refusal, Warning } from '@affluent/protocol/codes'
import type { EncodedFragment } from '../stores/identity-store.ts'
import type { MessageMark } from '../stores/message-ids.ts'
import type { AcceptedEvent, EventRun } from './accepted-event.ts'
import { apply } from './apply.ts'
import { resolve } from './resolve.ts'
import { validate } from './validate.ts'

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

/** A fragment that stands under another profile from a position on. */
export interface ProfileMove {
  readonly fragment: number
  readonly profile: number
}

/** All that a micro-batch changes, to be saved in one transaction. */
export interface BatchDecision {
  readonly first: number
  readonly last: number
  readonly processed: readonly ProcessedEvent[]
  readonly ended: readonly EndedEvent[]
  readonly marks: readonly MessageMark[]
  readonly warnings: ReadonlyMap<number, ReadonlyMap<string, CountedWarning>>
  readonly changes: GraphChanges
  readonly made: readonly EncodedFragment[]
  readonly changed: readonly EncodedFragment[]
  readonly moves: readonly ProfileMove[]
  /** the counters after this batch */
  readonly counters: Counters
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
  /** positions that could not be processed in several tries */
  readonly poisoned: ReadonlySet<number>
}

/** Rooms 2 to 4 for one micro-batch, in log order, in memory. */
export function decideBatch(input: BatchInput): BatchDecision {
  const { run, graph } = input
  const seen = new Map(input.seen)
  const processed: ProcessedEvent[] = []
  const ended: EndedEvent[] = []
  const marks: MessageMark[] = []
  const warnings = new WarningCounts()

  for (let index = 0; index < run.events.length; index++) {
    const event = run.events[index] as AcceptedEvent
    const position = run.first + index
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
    const resolution = resolve(graph, event, extracted, position)
    const { fragment } = resolution
    const unapplied = fragment === undefined ? [] : apply(fragment, event, position)
    warnings.take(event, extracted, resolution.refused, unapplied)
    const anchor = anchorOf(graph, extracted)
    processed.push({ position, event, fragment: fragment?.id ?? 0, anchor, flags: validation.flags })
  }
  const changes = graph.takeChanges()
  return {
    first: run.first,
    last: run.first + run.events.length - 1,
    processed,
    ended,
    marks,
    warnings: warnings.bySource,
    changes,
    ...encodeFragments(changes),
    moves: movesOf(changes),
    counters: { ...graph.counters },
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

function encodeFragments(changes: GraphChanges): { made: EncodedFragment[]; changed: EncodedFragment[] } {
  const made: EncodedFragment[] = []
  for (const { id, profile, state } of changes.newFragments)
    made.push({ id, profile, state: JSON.stringify(state) })
  const changed: EncodedFragment[] = []
  for (const { id, profile, state } of new Set([...changes.changedFragments, ...changes.moved])) {
    changed.push({ id, profile, state: JSON.stringify(state) })
  }
  return { made, changed }
}

function movesOf(changes: GraphChanges): ProfileMove[] {
  const moves: ProfileMove[] = []
  for (const { id, profile } of changes.moved) moves.push({ fragment: id, profile })
  for (const { id, profile } of changes.newFragments)
    if (profile !== id) moves.push({ fragment: id, profile })
  return moves
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
