import type { EventPattern, Leaf, Scalar, Window } from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import type { AggregateFacts } from '../aggregates/aggregate-function.ts'
import type { CompiledLeaf, ConditionSubject } from '../compile-condition.ts'
import type { Verdict } from '../condition-tree.ts'
import type { NameInCondition } from '../name-in-condition.ts'
import type { SeriesSpec } from '../series-state.ts'
import type { SqlParams } from '../sql/sql-params.ts'
import type { TestContext } from '../sql/value-test-sql.ts'

/**
 * What a kind of leaf is: how it is read and written, what it answers, by events and in ClickHouse, and what explains
 * it.
 */
export interface LeafKind<Own extends Leaf> {
  /** the key by which it is recognised; absent: nobody writes it */
  readonly form?: string
  /** the key that tells it from others of the same form */
  readonly marker?: string
  /** a leaf that shows it, as conditions are written; absent: nobody writes it */
  readonly example?: JsonObject
  /**
   * Reads it as people and programs write it.
   * @throws ConditionError
   */
  parse?(object: JsonObject, place: LeafPlace): Own
  /** Writes it as `parse` reads it. */
  format(leaf: Own): JsonObject
  /**
   * Makes it askable, with all that can be prepared done.
   * @param zone IANA name of the workspace
   * @param key canonical text of the leaf
   */
  compile(leaf: Own, zone: string, key: string): LeafAnswers
  /** What it says of somebody of whom nothing is known. */
  ofNobody(leaf: Own): Verdict
  /** Whether it compares with now, so that its answer may change by time alone; of events, their series tell. */
  moves?(leaf: Own): boolean
  /** The events that it is about; absent: it is about none. */
  events?(leaf: Own): LeafEvents
  /** SQL of whether it holds, over the columns of one profile. */
  sql(leaf: Own, facts: LeafFacts): string
  /** Notes the names that it names, as it was written, an outer one before those under it. */
  names?(object: JsonObject, path: string, names: NameInCondition[]): void
  /** What decided its answer for a person. */
  why(leaf: Own, person: WhySubject, asked: WhyAsked): Evidence
}

/** Where a leaf stands in a condition. */
export interface LeafPlace {
  readonly path: string
  /** IANA name, in which days without a time begin and end */
  readonly zone: string
}

/** What a leaf answers about a person. */
export type LeafAnswers = Pick<CompiledLeaf, 'series' | 'trait' | 'holds' | 'turnsAt'>

/** Which events a leaf is about, and when they count. */
export interface LeafEvents extends EventPattern {
  readonly within?: Window
}

/** What the SQL of a leaf is made of: each call gives SQL over the columns of one profile, unless it says otherwise. */
export interface LeafFacts {
  readonly params: SqlParams
  /** when tests are asked, and where their values go */
  readonly tests: TestContext
  /** number of the fragment that stands for the profile */
  readonly owner: string
  /** How many events there are. */
  countOf(events: LeafEvents): string
  /** What an aggregate over events is made of. @param values which of each event's values */
  aggregateOf(
    events: LeafEvents,
    values: Pick<Extract<Leaf, { kind: 'aggregate' }>, 'fn' | 'property'>,
  ): AggregateFacts
  /**
   * Whether the value of a trait passes, 0 or 1.
   * @param passes SQL of a UInt8 over a row of `trait`
   */
  traitPasses(name: string, passes: string): string
  /** Whether the person has an identifier of the namespace, 0 or 1. */
  hasIdentifier(namespace: string): string
  /** Whether one of the identifiers names a person, 0 or 1. */
  isKnown(): string
}

/** When and how a leaf was asked that is to be explained. */
export interface WhyAsked {
  /** milliseconds since the epoch */
  readonly now: number
  /** IANA name of the workspace */
  readonly zone: string
  /** canonical text of the leaf */
  readonly key: string
  /** that of the compiled leaf: series are found by this very object */
  readonly series: SeriesSpec | undefined
}

/** What may be told about a person to explain an answer. */
export interface WhySubject extends ConditionSubject {
  readonly namespaces: ReadonlySet<string>
  /** the newest word on a trait: value, event time, position and number of the source */
  traitWord(name: string): readonly [value: Json, time: number, position: number, source: number] | undefined
  /** when ClickHouse last answered a leaf that is cold for this person, milliseconds since the epoch */
  coldAnswerAt(leaf: string): number | undefined
}

/** What decided an answer. */
export type Evidence =
  | { readonly kind: 'nothing' }
  /** the value of a trait, and the event that brought it; undefined: there is none */
  | {
      readonly kind: 'value'
      readonly newest: ReturnType<WhySubject['traitWord']>
    }
  /** events in the window; `facts` is what they come to */
  | {
      readonly kind: 'events'
      readonly events: LeafEvents
      readonly times: readonly number[]
      readonly facts: Readonly<Record<string, Scalar | null>>
    }
  /** ClickHouse answers; undefined: it has not yet */
  | { readonly kind: 'cold'; readonly asOf: number | undefined }
  /** anything else, as it is told */
  | { readonly kind: 'facts'; readonly facts: Readonly<Record<string, Json>> }

/** A moment that never comes. */
const NEVER_TURNS = () => Number.POSITIVE_INFINITY

/** Of a leaf that reads no trait and no series, and whose answer time alone does not change. */
export function still(holds: (subject: ConditionSubject) => boolean): LeafAnswers {
  return { series: undefined, trait: undefined, holds, turnsAt: NEVER_TURNS }
}
