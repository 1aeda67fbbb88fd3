import { type AudienceVersion, neededSeries } from '@affluent/core/audience/audience-catalog'
import { canonicalText } from '@affluent/core/condition/canonical-text'
import {
  checkSize,
  inlineAudiences,
  type NamedCondition,
  withPopulation,
} from '@affluent/core/condition/condition-tree'
import { parseCondition } from '@affluent/core/condition/parse-condition'
import type { ErrorCode, Refusal } from '@affluent/protocol/codes'
import { AUDIENCES_MAX } from '@affluent/protocol/limits'
import type { Statement } from '../database/statement.ts'
import { type AudienceRow, type Audiences, conditionCell } from '../stores/audience-store.ts'
import { checkLoad, dependentsOf, refusalOf, wholeCondition } from './check-audience.ts'
import type { DeleteAudience, PutAudience } from './command.ts'
import type { CommandInput, CommandResult } from './decide-command.ts'

/** What a command about audiences changes, beside memberships. */
export interface AudienceEffect {
  readonly statements: readonly Statement[]
  readonly result: CommandResult
}

/** Makes an audience, or gives it another definition; the one that is live stays so until the new one is prepared. */
export function decidePutAudience(
  { workspace, audiences }: CommandInput,
  command: PutAudience,
): AudienceEffect {
  const { key, name, condition, population, at } = command
  const known = audiences.audiences.find((row) => row.key === key)
  const refusal = checkPutAudience(audiences, command)
  if (refusal !== undefined) return { statements: [], result: { kind: 'void', reason: refusal } }
  const isSame =
    known !== undefined &&
    known.population === population &&
    canonicalText(known.condition) === canonicalText(condition)
  const time = new Date(at).toISOString()
  const values = [workspace, key, name, JSON.stringify(condition), population, time]
  const statements: Statement[] =
    known === undefined
      ? [
          {
            kind: 'query',
            text: `insert into audience (workspace_id, id, key, name, condition, population, revision, created_at, changed_at)
                   select $1, next_audience, $2, $3, $4, $5, 1, $6, $6 from walk where workspace_id = $1`,
            values,
          },
          {
            kind: 'query',
            text: 'update walk set next_audience = next_audience + 1 where workspace_id = $1',
            values: [workspace],
          },
          // these named it while it was not there
          ...describeStale(workspace, dependentsOf(audiences, key)),
        ]
      : [
          {
            kind: 'query',
            text: `update audience set name = $3, condition = $4, population = $5, changed_at = $6,
                     revision = revision + $7::int, is_live = is_live and $7::int = 0, fault = null, fault_code = null
                   where workspace_id = $1 and key = $2`,
            values: [...values, isSame ? 0 : 1],
          },
          ...(isSame ? [] : describeStale(workspace, dependentsOf(audiences, key))),
        ]
  return { statements, result: { kind: 'done' } }
}

/**
 * What was right when it was asked may be wrong at its place in the log: another may have made the same audience, deleted one that this one names, or let one that it names
 * name it.
 */
export function checkPutAudience(
  audiences: Audiences,
  { mode, key, condition, population }: PutAudience,
): Refusal | undefined {
  const known = audiences.audiences.find((row) => row.key === key)
  if (mode === 'change' && known === undefined) return noAudience(key)
  if (mode === 'make' && known !== undefined)
    return {
      code: 'already_exists',
      message: `There is an audience "${key}"; change it with PUT.`,
      path: 'key',
    }
  if (known === undefined && audiences.audiences.length >= AUDIENCES_MAX)
    return { code: 'too_many', message: `A workspace has ${AUDIENCES_MAX} audiences at most.` }
  try {
    wholeCondition(audiences, { key, population, condition })
    checkLoad(audiences, { key, population, condition })
    return undefined
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal === undefined) throw error
    return refusal
  }
}

function noAudience(key: string): Refusal {
  return { code: 'not_found', message: `There is no audience "${key}".` }
}

/** Takes an audience away. Others that name it keep it. */
export function decideDeleteAudience(
  { workspace, audiences, connections }: CommandInput,
  { key }: DeleteAudience,
): AudienceEffect {
  const row = audiences.audiences.find((each) => each.key === key)
  if (row === undefined)
    return {
      statements: [],
      result: { kind: 'void', reason: noAudience(key) },
    }
  const dependents = dependentsOf(audiences, key)
  if (dependents.length > 0) {
    const names = dependents.map((each) => each.key).join(', ')
    const message = `Other audiences name it: ${names}. Change or delete these first.`
    return { statements: [], result: { kind: 'void', reason: { code: 'in_use', message } } }
  }
  const using = connections.rows.filter(({ audience }) => audience === key).length
  if (using > 0) {
    const message = `${using === 1 ? 'A connection sends' : `${using} connections send`} its members to a destination. Delete ${using === 1 ? 'it' : 'them'} first.`
    return { statements: [], result: { kind: 'void', reason: { code: 'in_use', message } } }
  }
  return {
    statements: ['audience_version', 'audience'].map((table) => ({
      kind: 'query',
      text: `delete from ${table} where workspace_id = $1 and ${table === 'audience' ? 'id' : 'audience'} = $2`,
      values: [workspace, row.id],
    })),
    result: { kind: 'done' },
  }
}

function describeStale(workspace: number, rows: readonly AudienceRow[]): Statement[] {
  if (rows.length === 0) return []
  return [
    {
      kind: 'query',
      // their words are the same and mean something else now: what is being prepared of them is void
      text: `update audience set revision = revision + 1, is_live = false, fault = null, fault_code = null
             where workspace_id = $1 and id = any($2)`,
      values: [workspace, rows.map(({ id }) => id)],
    },
  ]
}

/** An audience that cannot be prepared. */
export interface AudienceFault {
  readonly audience: number
  readonly code: ErrorCode
  readonly message: string
}

/** What has to be prepared, and what cannot be. */
export interface Plan {
  readonly versions: readonly (AudienceVersion & { readonly revision: number })[]
  readonly faults: readonly AudienceFault[]
  /** audiences whose live version is right as it is */
  readonly settled: readonly number[]
  /** series that are new, by key and number */
  readonly series: ReadonlyMap<string, number>
  /** numbers of series that nobody asks any more */
  readonly spent: readonly number[]
}

/**
 * Plans what a sweep has to prepare: every audience that is not live, under definitions as they are now.
 * @param next the next free numbers
 */
export function planVersions(audiences: Audiences, next: { version: number; series: number }): Plan {
  const versions: (AudienceVersion & { revision: number })[] = []
  const faults: AudienceFault[] = []
  const settled: number[] = []
  const parsed = new Map<string, NamedCondition>()
  const find = (key: string): NamedCondition | undefined => {
    const row = audiences.audiences.find((each) => each.key === key)
    if (row === undefined) return undefined
    let known = parsed.get(key)
    if (known === undefined) {
      known = { condition: parseCondition(row.condition, audiences.zone), population: row.population }
      parsed.set(key, known)
    }
    return known
  }
  for (const row of audiences.audiences) {
    if (row.isLive || row.fault !== null) continue
    try {
      const own = find(row.key) as NamedCondition
      const condition = withPopulation({ ...own, condition: inlineAudiences(own.condition, find, [row.key]) })
      checkSize(condition)
      const live = audiences.versions.find(({ id }) => id === row.liveVersion)
      if (live !== undefined && canonicalText(live.condition) === canonicalText(condition))
        settled.push(row.id)
      else
        versions.push({
          ...{ id: next.version++, audience: row.id, condition, follows: row.liveVersion },
          revision: row.revision,
        })
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal === undefined) throw error
      faults.push({ audience: row.id, code: refusal.code, message: refusal.message })
    }
  }
  const keysOf = (some: readonly AudienceVersion[]) =>
    new Set(
      neededSeries(
        some.map(({ condition }) => condition),
        audiences.zone,
      ).map(({ key }) => key),
    )
  // a series that no version asked for a while has missed events: it begins anew, under another number
  const kept = keysOf(audiences.versions)
  const series = new Map<string, number>()
  for (const key of keysOf(versions)) if (!kept.has(key)) series.set(key, next.series++)
  const spent = [...audiences.series].flatMap(([key, id]) => (kept.has(key) ? [] : [id]))
  return { versions, faults, settled, series, spent }
}

/** Says of an audience why it cannot be prepared; the definition that is live, if any, stays. */
export function describeFault(workspace: number, { audience, code, message }: AudienceFault): Statement {
  return {
    kind: 'query',
    text: 'update audience set fault = $3, fault_code = $4 where workspace_id = $1 and id = $2',
    values: [workspace, audience, message, code],
  }
}

/** A plan as statements; `position` is that of the command that begins the sweep. */
export function describePlan(
  workspace: number,
  { versions, faults, settled, series, spent }: Plan,
  position: number,
): Statement[] {
  return [
    ...versions.map(
      ({ id, audience, revision, condition, follows }): Statement => ({
        kind: 'query',
        text: `insert into audience_version (workspace_id, id, audience, revision, condition, follows)
               values ($1, $2, $3, $4, $5, $6)`,
        values: [workspace, id, audience, revision, conditionCell(condition), follows],
      }),
    ),
    ...faults.map((fault) => describeFault(workspace, fault)),
    ...(settled.length === 0
      ? []
      : [
          {
            kind: 'query' as const,
            text: 'update audience set is_live = true where workspace_id = $1 and id = any($2)',
            values: [workspace, settled],
          },
        ]),
    ...(spent.length === 0
      ? []
      : [
          {
            kind: 'query' as const,
            text: 'delete from series where workspace_id = $1 and id = any($2)',
            values: [workspace, spent],
          },
        ]),
    ...[...series].map(
      ([key, id]): Statement => ({
        kind: 'query',
        text: 'insert into series (workspace_id, id, key, from_position) values ($1, $2, $3, $4)',
        values: [workspace, id, key, position],
      }),
    ),
  ]
}
