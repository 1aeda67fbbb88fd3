import type { Rejection } from '@affluent/protocol/codes'
import type { Population } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import { AUDIENCES_MAX } from '@affluent/protocol/limits'
import { canonicalText } from '../condition/canonical-text.ts'
import type { AudienceChanges, AudienceRow, AudienceTables } from './audience-tables.ts'
import { checkLoad, dependentsOf, errorOf, wholeCondition } from './check-audience.ts'

/** A definition as somebody gives it. */
export interface DefinedAudience {
  /** whether there must be none, or one, of this key; undefined: either */
  readonly mode?: 'make' | 'change' | undefined
  readonly key: string
  readonly name: string
  readonly condition: Json
  readonly population: Population
}

/**
 * Makes an audience, or gives it another definition; the one that is live stays so until the new one is prepared.
 * @param at when it was said, milliseconds since the epoch
 * @returns why it cannot be, if so
 */
export function putAudience(
  tables: AudienceTables,
  said: DefinedAudience,
  at: number,
): AudienceChanges | Rejection {
  return checkPutAudience(tables, said) ?? defineAudience(tables, said, at)
}

/**
 * Makes an audience, or gives it another definition, that was checked.
 * @param at when it was said, milliseconds since the epoch
 */
export function defineAudience(
  tables: AudienceTables,
  { key, name, condition, population }: Omit<DefinedAudience, 'mode'>,
  at: number,
): AudienceChanges {
  const known = tables.audiences.find((row) => row.key === key)
  const time = new Date(at)
  const stale = () => dependentsOf(tables, key).map(defineAnew)
  if (known === undefined) {
    const { next } = tables
    const row: AudienceRow = {
      ...{ id: next.audience, key, name, condition, population },
      ...{ revision: 1, liveVersion: 0, isLive: false, fault: null, faultCode: null },
      ...{ createdAt: time, changedAt: time },
    }
    // others may have named it while it was not there
    return { audiences: [row, ...stale()], next: { ...next, audience: next.audience + 1 } }
  }
  const row = { ...known, name, condition, population, changedAt: time }
  const isSame =
    known.population === population && canonicalText(known.condition) === canonicalText(condition)
  return { audiences: isSame ? [{ ...row, fault: null, faultCode: null }] : [defineAnew(row), ...stale()] }
}

/**
 * What was right when it was asked may be wrong at its place in the log: another may have made the same audience,
 * deleted one that this one names, or let one that it names name it.
 */
export function checkPutAudience(
  tables: AudienceTables,
  { mode, key, condition, population }: Omit<DefinedAudience, 'name'>,
): Rejection | undefined {
  const known = tables.audiences.find((row) => row.key === key)
  if (mode === 'change' && known === undefined) return noAudience(key)
  if (mode === 'make' && known !== undefined)
    return {
      code: 'already_exists',
      message: `There is an audience "${key}"; change it with PUT.`,
      path: 'key',
    }
  if (known === undefined && tables.audiences.length >= AUDIENCES_MAX)
    return { code: 'too_many', message: `A workspace has ${AUDIENCES_MAX} audiences at most.` }
  try {
    wholeCondition(tables, { key, population, condition })
    checkLoad(tables, { key, population, condition })
    return undefined
  } catch (error) {
    const rejection = errorOf(error)
    if (rejection === undefined) throw error
    return rejection
  }
}

/**
 * Takes an audience away. Others that name it keep it, and so do connections.
 * @param connections how many send its members
 * @returns why it cannot be, if so
 */
export function deleteAudience(
  tables: AudienceTables,
  key: string,
  connections: number,
): AudienceChanges | Rejection {
  const row = tables.audiences.find((each) => each.key === key)
  if (row === undefined) return noAudience(key)
  const dependents = dependentsOf(tables, key)
  if (dependents.length > 0) {
    const names = dependents.map((each) => each.key).join(', ')
    return inUse(`Other audiences name it: ${names}. Change or delete these first.`)
  }
  if (connections === 1) return inUse('A connection sends its members to a destination. Delete it first.')
  if (connections > 1)
    return inUse(`${connections} connections send its members to a destination. Delete them first.`)
  return {
    deletedAudiences: [row.id],
    deletedVersions: tables.versions.filter(({ audience }) => audience === row.id).map(({ id }) => id),
  }
}

/** Its words may be the same and mean something else now: what is being prepared of it is void. */
function defineAnew(row: AudienceRow): AudienceRow {
  return { ...row, revision: row.revision + 1, isLive: false, fault: null, faultCode: null }
}

function noAudience(key: string): Rejection {
  return { code: 'not_found', message: `There is no audience "${key}".` }
}

function inUse(message: string): Rejection {
  return { code: 'in_use', message }
}
