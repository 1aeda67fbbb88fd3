import type { ErrorCode } from '@affluent/protocol/codes'
import { UNSETTLED_MS_MAX } from '@affluent/protocol/limits'
import type { FragmentState } from '../profile/fragment.ts'
import { lacksBackfill } from '../series/series-slice.ts'
import { AudienceCatalog } from './audience-catalog.ts'
import {
  type AudienceChanges,
  type AudienceRow,
  type AudienceTables,
  type BackfillRow,
  NO_CHANGES,
  type VersionRow,
} from './audience-tables.ts'
import { planVersions } from './plan-versions.ts'
import type { BackfillMoment } from './take-history.ts'

/** Where a command stands. */
export interface CommandPlace {
  readonly position: number
  /** when it was given, milliseconds since the epoch */
  readonly at: number
}

/** Under which circumstances a backfill begins. */
export interface BackfillStart extends CommandPlace {
  /** the workspace's time, milliseconds since the epoch */
  readonly clock: number
  /** the next free number of a fragment */
  readonly nextFragment: number
  /** how many versions at most are shown before every fragment has taken its history */
  readonly earlyMax: number
}

/** A version whose history could not be computed, and why. */
export interface FailedVersion {
  readonly version: number
  readonly code: ErrorCode
  readonly message: string
}

/** Fragments that take their history together. */
export interface BackfillBatch {
  /** position of the backfill */
  readonly backfill: number
  /** these fragments, asked beforehand; undefined: those of the stretch */
  readonly fragments?: readonly number[] | undefined
  /** from, to (excluded) */
  readonly stretch?: readonly [number, number] | undefined
}

/**
 * What prepares audiences does next: begin; compute what was before; ask again whom events have touched meanwhile,
 * since nobody has asked them about versions that were inactive; show the versions; let a stretch of fragments take its
 * history.
 */
export type BackfillAct = 'start' | 'compute' | 'ask_touched' | 'show' | 'settle'

/**
 * What is to be done next.
 * @param now milliseconds since the epoch
 * @param touchedOf position of the backfill whose touched fragments were asked already; 0: none
 * @returns undefined: nothing
 */
export function nextBackfillAct(
  tables: AudienceTables,
  now: number,
  touchedOf: number,
): BackfillAct | undefined {
  const { backfill } = tables
  if (isWorkWaiting(tables) && (backfill === undefined || mayBeOvertaken(backfill, now))) return 'start'
  if (backfill === undefined) return undefined
  const { position, readyPosition, isLive, early, doneTo } = backfill
  if (readyPosition === 0) return 'compute'
  if (!isLive && doneTo === 1 && touchedOf !== position) return 'ask_touched'
  return early && !isLive ? 'show' : 'settle'
}

function isWorkWaiting({ audiences, evaluationDue }: AudienceTables): boolean {
  return evaluationDue || audiences.some(({ isLive, fault }) => !isLive && fault === null)
}

/**
 * Whether another backfill may begin though this one is not settled: its versions are live, and what settles the other
 * settles it too. Not for long, since people whom nothing else loads are armed by settling.
 */
function mayBeOvertaken({ isLive, unsettledSince }: BackfillRow, now: number): boolean {
  return isLive && now - unsettledSince < UNSETTLED_MS_MAX
}

/** Begins a backfill: what is to be prepared gets its numbers, and series are kept from here on. */
export function startBackfill(tables: AudienceTables, start: BackfillStart): AudienceChanges {
  const { backfill: before, evaluationDue, zone, next } = tables
  if (before !== undefined && !mayBeOvertaken(before, start.at)) return NO_CHANGES
  const { versions, audiences, series } = planVersions(tables)
  const { added, spent } = series
  const changes: AudienceChanges = { versions, audiences, series: added, deletedSeries: spent }
  if (versions.length === 0 && !evaluationDue) return changes
  const numbers = new Map([...tables.series, ...added])
  const asked = new AudienceCatalog({ versions, series: numbers, zone }).versions
  // a few are asked in SQL, which is quicker than asking everyone; of many, everyone is asked about all of them at once
  const early = versions.length > 0 && versions.length <= start.earlyMax
  const moved = asked.some((each) => (early ? each.movesEveryone : each.needsEveryone))
  return {
    ...changes,
    backfill: {
      position: start.position,
      clock: start.clock,
      versions: versions.map(({ id }) => id),
      series: [...added.values()],
      everyone: before?.everyone === true || evaluationDue || moved,
      readyPosition: 0,
      early,
      earlierPosition: before?.position ?? 0,
      unsettledSince: before?.unsettledSince ?? start.at,
      isLive: false,
      doneTo: 1,
      until: start.nextFragment,
      startedAt: new Date(start.at),
    },
    next: { ...next, version: next.version + versions.length, series: next.series + added.size },
    evaluationDue: false,
  }
}

/**
 * From here on fragments take what was computed, and the new versions are asked. What could not be computed is said at
 * its audience, unless that was changed meanwhile; whoever is live under another definition stays so.
 * @param begunAt position of the backfill
 */
export function acceptHistory(
  tables: AudienceTables,
  {
    backfill: begunAt,
    failed = [],
  }: { readonly backfill: number; readonly failed?: readonly FailedVersion[] | undefined },
  { position }: CommandPlace,
): AudienceChanges {
  const { backfill } = tables
  if (backfill?.position !== begunAt || backfill.readyPosition !== 0) return NO_CHANGES
  const lost = new Set(failed.map(({ version }) => version))
  const landed = { ...backfill, readyPosition: position }
  const versions = backfill.versions.filter((id) => !lost.has(id))
  const audiences = failed.flatMap(({ version, code, message }): AudienceRow[] => {
    const known = tables.versions.find(({ id }) => id === version)
    const row = tables.audiences.find(({ id }) => id === known?.audience)
    return row === undefined || row.revision !== known?.revision
      ? []
      : [{ ...row, fault: message, faultCode: code }]
  })
  return { backfill: { ...landed, versions }, audiences, deletedVersions: [...lost] }
}

/**
 * The versions are shown, though some fragments have not taken their history yet.
 * @param begunAt position of the backfill
 */
export function publishBackfill(
  tables: AudienceTables,
  begunAt: number,
  place: CommandPlace,
): AudienceChanges {
  const { backfill } = tables
  if (backfill?.position !== begunAt || backfill.isLive) return NO_CHANGES
  return { ...show(tables, backfill, place), backfill: { ...backfill, isLive: true } }
}

/** The versions of a backfill are shown where the audience was not changed meanwhile. */
function show(
  tables: AudienceTables,
  backfill: BackfillRow,
  { position, at }: CommandPlace,
): { readonly audiences: readonly AudienceRow[]; readonly versions: readonly VersionRow[] } {
  const audiences: AudienceRow[] = []
  const versions: VersionRow[] = []
  for (const version of tables.versions) {
    const row = tables.audiences.find(({ id }) => id === version.audience)
    if (!backfill.versions.includes(version.id) || row?.revision !== version.revision) continue
    audiences.push({ ...row, liveVersion: version.id, isLive: true })
    versions.push({ ...version, livePosition: position, liveAt: new Date(at) })
  }
  return { audiences, versions }
}

/** The backfill whose part this is; undefined: it came twice, too early, or its backfill has ended. */
export function backfillOfBatch({ backfill }: AudienceTables, part: BackfillBatch): BackfillRow | undefined {
  if (backfill?.position !== part.backfill || backfill.readyPosition === 0) return undefined
  return part.stretch !== undefined && part.stretch[0] !== backfill.doneTo ? undefined : backfill
}

/**
 * The fragments of a part, when they are known without looking for them.
 * @returns undefined: those of its stretch for which history was found
 */
export function fragmentsOfBatch(
  { everyone }: BackfillRow,
  { fragments, stretch: [from, to] = [0, 0] }: BackfillBatch,
): readonly number[] | undefined {
  if (fragments !== undefined) return fragments
  return everyone ? Array.from({ length: to - from }, (_, index) => from + index) : undefined
}

/** What a part changes once its fragments have taken their history: the last stretch ends the backfill. */
export function completeBatch(
  tables: AudienceTables,
  backfill: BackfillRow,
  { stretch }: BackfillBatch,
  place: CommandPlace,
): AudienceChanges {
  // fragments that are asked beforehand end nothing, also where there was no fragment when the backfill began
  if (stretch === undefined) return NO_CHANGES
  const [, doneTo] = stretch
  if (doneTo < backfill.until) return { backfill: { ...backfill, doneTo }, historyTakenTo: doneTo }
  const shown = backfill.isLive ? undefined : show(tables, backfill, place)
  const rows = new Map([...tables.audiences, ...(shown?.audiences ?? [])].map((row) => [row.id, row]))
  const live = new Set([...rows.values()].map(({ liveVersion }) => liveVersion))
  return {
    ...shown,
    backfill: null,
    historyTakenTo: doneTo,
    deletedVersions: tables.versions.filter(({ id }) => !live.has(id)).map(({ id }) => id),
  }
}

/** The latest backfill whose findings lie ready for the fragments; undefined: none. */
export function readyBackfill({ backfill }: AudienceTables): BackfillMoment | undefined {
  if (backfill === undefined) return undefined
  const position = backfill.readyPosition === 0 ? backfill.earlierPosition : backfill.position
  return position === 0 ? undefined : { position, clock: backfill.clock }
}

/** Whether a fragment may still have to take what a backfill has found. */
export function lacksHistory(tables: AudienceTables, id: number, { series }: FragmentState): boolean {
  const { backfill } = tables
  const ready = readyBackfill(tables)
  if (backfill === undefined || ready === undefined) return false
  return id < backfill.until && id >= backfill.doneTo && lacksBackfill(series, ready.position)
}
