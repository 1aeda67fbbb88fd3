import { ConditionError } from '@affluent/core/condition/condition-error'
import type { NameInCondition } from '@affluent/core/condition/name-in-condition'
import { namesIn } from '@affluent/core/condition/names-in'
import { nearestName } from '@affluent/core/condition/nearest-name'
import { parseCondition } from '@affluent/core/condition/parse-condition'
import { eventsSql, patternSql } from '@affluent/core/condition/sql/pattern-sql'
import { SqlParams } from '@affluent/core/condition/sql/sql-params'
import type { SqlQuestion } from '@affluent/core/condition/sql/sql-query'
import { traitPassesSql } from '@affluent/core/condition/sql/trait-sql'
import { rootOf } from '@affluent/core/condition/value-path'
import type { Condition, Scalar } from '@affluent/protocol/condition'
import type { ConditionWarning } from '@affluent/protocol/endpoints/audiences'
import type { EventType, Json } from '@affluent/protocol/event'
import { UNKNOWN_NAMES_ASKED_MAX, UNKNOWN_NAMES_TOLD_MAX } from '@affluent/protocol/limits'
import {
  listEventNames,
  listNamespacesInUse,
  listProperties,
  listPropertyValues,
  listTraits,
  listTraitValues,
  type Subject,
} from '../catalogue/contract.ts'
import type { WorkspaceReads } from '../platform/clickhouse/analytical-reads.ts'

/** Where names are looked for: the moment of the question, and whose catalogue. */
export interface NameQuestion {
  readonly question: SqlQuestion
  readonly subject: Subject
}

/** A name, and what is asked to see whether anybody has it. */
interface AskedName extends NameInCondition {
  readonly leaf: Condition
}

/**
 * What a condition names that nobody has and no event had, with the name that was most likely meant; the first few.
 * Whatever stands under an unknown name is not judged.
 * @param condition as it was sent, and understood
 */
export async function findUnknownNames(
  reads: WorkspaceReads,
  condition: Json,
  asked: NameQuestion,
): Promise<ConditionWarning[]> {
  const names = namesIn(condition)
    .slice(0, UNKNOWN_NAMES_ASKED_MAX)
    .flatMap((name) => withLeaf(name, asked.question.zone))
  const seen = await seenOf(reads, names, asked.question)
  const unknown = names.filter((_, index) => seen[index] === 0)
  const paths = new Set(unknown.map(({ path }) => path))
  const first = unknown.filter(({ under }) => under === undefined || !paths.has(under))
  const warnings: ConditionWarning[] = []
  // one after the other: the engine answers others meanwhile
  for (const name of first.slice(0, UNKNOWN_NAMES_TOLD_MAX)) warnings.push(await warn(reads, name, asked))
  return warnings
}

/**
 * @returns nothing when a name cannot be asked alone: the path of a list and that of its element are too long together
 */
function withLeaf(name: NameInCondition, zone: string): AskedName[] {
  try {
    return [{ ...name, leaf: parseCondition(name.probe, zone) }]
  } catch (error) {
    if (error instanceof ConditionError) return []
    throw error
  }
}

/**
 * For each name 1 when it has been seen, else 0. Each search ends at the first row, so what is known costs next to
 * nothing.
 */
async function seenOf(
  reads: WorkspaceReads,
  names: readonly AskedName[],
  question: SqlQuestion,
): Promise<number[]> {
  if (names.length === 0) return []
  const params = new SqlParams()
  const columns = names.map(
    ({ leaf }, index) => `(select count() from (${probeSql(leaf, question, params)} limit 1)) as n${index}`,
  )
  const [row = {}] = await reads.ask<Record<string, number | string>>({
    query: `select ${columns.join(', ')}`,
    params: params.values,
  })
  return names.map((_, index) => Number(row[`n${index}`]))
}

function probeSql(leaf: Condition, question: SqlQuestion, params: SqlParams): string {
  const { workspace, position, now, zone } = question
  const context = { now, zone, params }
  const until = (table: string) =>
    `${table}.workspace = ${params.uint(workspace)} and ${table}.fragment != 0 and ${table}.position <= ${params.uint(position)}`
  switch (leaf.kind) {
    case 'trait':
      return `select 1 from trait where ${until('trait')} and trait.name = ${params.text(rootOf(leaf.trait))} and ${traitPassesSql(leaf, context)}`
    case 'count':
      return `select 1 from event prewhere ${eventsSql([leaf], question, params)} where ${patternSql(leaf, context)}`
    case 'identifier':
      return `select 1 from identifier where ${until('identifier')} and identifier.namespace = ${params.text(leaf.namespace)}`
    default:
      throw new Error(`A condition of the kind "${leaf.kind}" names nothing.`)
  }
}

async function warn(
  reads: WorkspaceReads,
  { kind, path, name, leaf }: AskedName,
  { subject }: NameQuestion,
): Promise<ConditionWarning> {
  const nearest = await nearestOf()
  const meant = nearest === null ? '' : ` Do you mean ${JSON.stringify(nearest)}?`
  return {
    code: `unknown_${kind}`,
    path,
    name,
    nearest,
    message: `${MESSAGES[kind](JSON.stringify(name))}${meant}`,
  }

  async function nearestOf(): Promise<Scalar | null> {
    const text = String(name)
    switch (kind) {
      case 'trait': {
        const traits = await listTraits(reads, subject)
        return (
          nearestName(
            text,
            traits.map((trait) => trait.name),
          ) ?? null
        )
      }
      case 'event': {
        const events = await listEventNames(reads, subject.workspace)
        const type = leaf.kind === 'count' ? leaf.type : 'track'
        return (
          nearestName(
            text,
            events.filter((event) => event.type === type).map((event) => event.name),
          ) ?? null
        )
      }
      case 'identifier': {
        const namespaces = await listNamespacesInUse(reads, subject.workspace)
        return (
          nearestName(
            text,
            namespaces.map(({ namespace }) => namespace),
          ) ?? null
        )
      }
      case 'property': {
        const event = eventOf(leaf)
        if (event === undefined) return null
        const { properties } = await listProperties(reads, subject, event)
        return (
          nearestName(
            text,
            properties.map((property) => property.path),
          ) ?? null
        )
      }
      case 'value':
        return nearestValue(name, await valuesOf(leaf, text))
    }
  }

  /** The most frequent values, and those that begin as this one does. */
  async function valuesOf(leaf: Condition, text: string): Promise<Scalar[]> {
    const list = async (prefix: string) => {
      if (leaf.kind === 'trait') return listTraitValues(reads, subject, leaf.trait, prefix)
      const event = eventOf(leaf)
      const test = leaf.kind === 'count' ? leaf.where[0] : undefined
      if (event === undefined || test === undefined || !('property' in test)) return { values: [] }
      return listPropertyValues(reads, subject, { ...event, property: test.property }, prefix)
    }
    const [close, frequent] = await Promise.all([list(text), list('')])
    return [...close.values, ...frequent.values].map(({ value }) => value)
  }
}

const MESSAGES: Readonly<Record<NameInCondition['kind'], (name: string) => string>> = {
  trait: (name) => `No profile has the trait ${name}.`,
  event: (name) => `No event ${name} has been seen.`,
  property: (name) => `No such event has had the property ${name}.`,
  identifier: (name) => `No profile has an identifier of the namespace ${name}.`,
  value: (name) => `The value ${name} has never been seen here.`,
}

/** The event whose properties can be listed; undefined: the condition is about several. */
function eventOf(leaf: Condition): { readonly name: string; readonly type: EventType } | undefined {
  if (leaf.kind !== 'count' || typeof leaf.event !== 'string') return undefined
  return { name: leaf.event, type: leaf.type }
}

/** The same value as another type, since "5" is not 5; else, of texts, the one with the nearest letters. */
function nearestValue(name: Scalar, values: readonly Scalar[]): Scalar | null {
  const text = String(name)
  const same = values.find((value) => String(value) === text)
  if (same !== undefined) return same
  if (typeof name !== 'string') return null
  return (
    nearestName(
      text,
      values.filter((value) => typeof value === 'string'),
    ) ?? null
  )
}
