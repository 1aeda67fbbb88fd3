import type { Rejection } from '@affluent/protocol/codes'
import type { Condition, Population } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import { ConditionError, type FaultReason } from '../condition/condition-error.ts'
import {
  audiencesIn,
  CircleFault,
  checkSize,
  inlineAudiences,
  MissingAudience,
  type NamedCondition,
  withPopulation,
} from '../condition/condition-tree.ts'
import { parseCondition } from '../condition/parse-condition.ts'
import type { AudienceRow, AudienceTables } from './audience-tables.ts'
import { checkSeries, type SeriesLoad, seriesLoad } from './check-series.ts'

/** An audience as somebody says it. */
export interface SaidAudience {
  /** undefined: of nobody yet */
  readonly key: string | undefined
  readonly population: Population
  readonly condition: Json
}

/**
 * The whole of a condition: with its population, and with those of the audiences that it names in their places.
 * @throws what `errorOf` says in words, when the condition is wrong, too large, leads in a circle or to an audience
 * that is not there
 */
export function wholeCondition(audiences: AudienceTables, said: SaidAudience): Condition {
  const whole = inlined(audiences, said)
  checkSize(whole)
  return whole
}

/**
 * Checks that with an audience as somebody says it the audiences of the workspace do not ask too much of each event.
 * @throws what `errorOf` says in words
 */
export function checkLoad(audiences: AudienceTables, said: SaidAudience): void {
  const { zone } = audiences
  checkSeries(() => seriesLoad(allConditions(audiences), zone), loadWith(audiences, said))
}

/** What all audiences cost with one as somebody says it. */
export function loadWith(audiences: AudienceTables, said: SaidAudience): SeriesLoad {
  return seriesLoad(allConditions(audiences, said), audiences.zone)
}

/**
 * What each audience asks, or will ask once it is prepared; of one that cannot be prepared what it asked before.
 * @param said the definition of one of them as it would be
 */
function allConditions(audiences: AudienceTables, said?: SaidAudience): Condition[] {
  const versions = new Map(audiences.versions.map((version) => [version.id, version.condition]))
  const changed = new Set(
    said?.key === undefined ? [] : dependentsOf(audiences, said.key).map(({ key }) => key),
  )
  const conditions: Condition[] = said === undefined ? [] : [inlined(audiences, said)]
  for (const row of audiences.audiences) {
    if (row.key === said?.key) continue
    const live = versions.get(row.liveVersion)
    const condition =
      live !== undefined && row.isLive && !changed.has(row.key)
        ? live
        : (tryInlined(audiences, row, said) ?? live)
    if (condition !== undefined) conditions.push(condition)
  }
  return conditions
}

function tryInlined(audiences: AudienceTables, row: AudienceRow, said?: SaidAudience): Condition | undefined {
  try {
    return inlined(audiences, row, said)
  } catch (error) {
    if (errorOf(error) === undefined) throw error
    return undefined
  }
}

/** @param other one of the others, as somebody says it */
function inlined(
  audiences: AudienceTables,
  { key, population, condition }: SaidAudience,
  other?: SaidAudience,
): Condition {
  const { zone } = audiences
  const find = (name: string): NamedCondition | undefined => {
    const row = name === other?.key ? other : audiences.audiences.find((each) => each.key === name)
    return row === undefined
      ? undefined
      : { condition: parseCondition(row.condition, zone), population: row.population }
  }
  const own = parseCondition(condition ?? null, zone)
  return withPopulation({
    population,
    condition: inlineAudiences(own, find, key === undefined ? [] : [key]),
  })
}

/** All audiences whose condition leads to this one, near or far. */
export function dependentsOf({ audiences }: AudienceTables, key: string): AudienceRow[] {
  const found = new Set<AudienceRow>()
  const names = new Set([key])
  for (let before = -1; before !== found.size; ) {
    before = found.size
    for (const row of audiences) {
      if (row.key === key || found.has(row) || !audiencesIn(row.condition).some((each) => names.has(each)))
        continue
      found.add(row)
      names.add(row.key)
    }
  }
  return [...found]
}

/** What is wrong with a condition, from what was thrown; undefined when it is something else. */
export function errorOf(error: unknown): Rejection | undefined {
  if (error instanceof ConditionError) {
    const { code, message, path, details } = error
    return { code, message, path, ...(details === undefined ? {} : { details }) }
  }
  const path = 'condition'
  if (error instanceof CircleFault) {
    const details = { reason: 'audience_circle' satisfies FaultReason, audiences: error.keys.join(' → ') }
    return { code: 'invalid_condition', message: error.message, path, details }
  }
  if (error instanceof MissingAudience) {
    const details = { reason: 'audience_missing' satisfies FaultReason, audience: error.key }
    return { code: 'unknown_reference', message: error.message, path, details }
  }
  return undefined
}
