import { AudienceCatalog } from '@affluent/core/audience/audience-catalog'
import { SWEEP_EARLY_VERSIONS_MAX, UNSETTLED_MS_MAX } from '@affluent/protocol/limits'
import type { Statement } from '../database/statement.ts'
import type { Audiences, SweepRow } from '../stores/audience-store.ts'
import type { SweepLanded, SweepLive, SweepPart } from './command.ts'
import { type AudienceEffect, describeFault, describePlan, planVersions } from './decide-audience.ts'
import type { CommandInput, Reviewed } from './decide-command.ts'
import { PeopleReview } from './people-review.ts'

interface Numbers {
  readonly version: number
  readonly series: number
  readonly due: boolean
}

const NOTHING: AudienceEffect = { statements: [], result: { kind: 'done' } }

/**
 * Whether another sweep may begin though this one is not settled: its versions are live, and what settles the other settles it too. Not for long, since people whom nothing else loads are
 * armed by settling.
 * @param now milliseconds since the epoch
 */
export function mayBeOvertaken(sweep: SweepRow, now: number): boolean {
  return sweep.isLive && now - sweep.unsettledSince < UNSETTLED_MS_MAX
}

/** Begins a sweep: what is to be prepared gets its numbers, and series are kept from here on. */
export async function decideStartSweep(input: CommandInput): Promise<AudienceEffect> {
  const { workspace, audiences, database, run, counters, clock } = input
  const before = audiences.sweep
  if (before !== undefined && !mayBeOvertaken(before, run.command.at)) return NOTHING
  const { rows } = await database.query<Numbers>(
    'select next_version as version, next_series as series, review_due as due from walk where workspace_id = $1',
    [workspace],
  )
  const { version, series, due } = rows[0] as Numbers
  const next = { version, series }
  const plan = planVersions(audiences, next)
  const statements = describePlan(workspace, plan, run.first)
  if (plan.versions.length === 0 && !due) return { ...NOTHING, statements }
  const numbers = new Map([...audiences.series, ...plan.series])
  const { versions } = new AudienceCatalog({ versions: plan.versions, series: numbers, zone: audiences.zone })
  // a few are asked in SQL, which is quicker than asking everyone; of many, everyone is asked about all of them at once
  const early = versions.length > 0 && versions.length <= SWEEP_EARLY_VERSIONS_MAX
  const everyone =
    before?.everyone === true ||
    due ||
    versions.some((each) => (early ? each.movesEveryone : each.needsEveryone))
  statements.push(
    { kind: 'query', text: 'delete from sweep where workspace_id = $1', values: [workspace] },
    {
      kind: 'query',
      text: `insert into sweep (workspace_id, position, clock, versions, series, everyone, early, done_to, until, started_at,
               earlier_position, unsettled_since)
             values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10, $11)`,
      values: [
        workspace,
        run.first,
        clock,
        plan.versions.map(({ id }) => id),
        [...plan.series.values()],
        everyone,
        early,
        counters.fragment,
        new Date(run.command.at).toISOString(),
        before?.position ?? 0,
        before?.unsettledSince ?? run.command.at,
      ],
    },
    {
      kind: 'query',
      text: 'update walk set next_version = $2, next_series = $3, review_due = false where workspace_id = $1',
      values: [workspace, next.version, next.series],
    },
  )
  return { ...NOTHING, statements }
}

/** From here on fragments take what was computed, and the new versions are asked. */
export function decideSweepLanded(
  { workspace, audiences, run }: CommandInput,
  command: SweepLanded,
): AudienceEffect {
  const { sweep } = audiences
  if (sweep?.position !== command.sweep || sweep.landedPosition !== 0) return NOTHING
  const { failed = [] } = command
  const versions = sweep.versions.filter((id) => failed.every(({ version }) => version !== id))
  const text = 'update sweep set landed_position = $2, versions = $3 where workspace_id = $1'
  const landed: Statement = { kind: 'query', text, values: [workspace, run.first, versions] }
  return { ...NOTHING, statements: [landed, ...describeFailed(workspace, audiences, failed)] }
}

/** What could not be computed is said at its audience, unless that was changed meanwhile; whoever is live under another definition stays so. */
function describeFailed(
  workspace: number,
  { audiences, versions }: Audiences,
  failed: NonNullable<SweepLanded['failed']>,
): Statement[] {
  const faults = failed.flatMap(({ version, code, message }) => {
    const known = versions.find(({ id }) => id === version)
    const row = audiences.find(({ id }) => id === known?.audience)
    return row === undefined || row.revision !== known?.revision ? [] : [{ audience: row.id, code, message }]
  })
  if (failed.length === 0) return []
  return [
    ...faults.map((fault) => describeFault(workspace, fault)),
    {
      kind: 'query',
      text: 'delete from audience_version where workspace_id = $1 and id = any($2)',
      values: [workspace, failed.map(({ version }) => version)],
    },
  ]
}

/** The versions are shown, though some fragments have not taken their history yet. */
export function decideSweepLive(
  { workspace, audiences, run }: CommandInput,
  command: SweepLive,
): AudienceEffect {
  const { sweep } = audiences
  if (sweep?.position !== command.sweep || sweep.isLive) return NOTHING
  const text = 'update sweep set is_live = true where workspace_id = $1'
  const shown = describeLive(workspace, audiences, sweep, run.first, run.command.at)
  return { ...NOTHING, statements: [...shown, { kind: 'query', text, values: [workspace] }] }
}

/** What a part of a sweep decided: memberships lie in the review, states in the graph. */
export interface SweptPart extends Reviewed {
  /** how far the sweep has come */
  readonly doneTo: number
  /** whether the sweep has ended */
  readonly isLast: boolean
}

/** Fragments take their history, and their people are asked. */
export async function decideSweepPart(input: CommandInput, part: SweepPart): Promise<SweptPart | undefined> {
  const { workspace, audiences, graphs, rules, counters, run, clock } = input
  const { sweep, catalog } = audiences
  if (sweep?.position !== part.sweep || sweep.landedPosition === 0) return undefined
  if (part.stretch !== undefined && part.stretch[0] !== sweep.doneTo) return undefined
  const ids = part.fragments ?? (await findStretch(input, sweep, part))
  const graph = await graphs.load({ identifiers: [], fragments: ids }, rules, counters)
  const review = new PeopleReview(graph, catalog, clock, graphs.takeCold())
  const profiles = new Set<number>()
  for (const id of ids) {
    const fragment = graph.fragment(id)
    if (fragment !== undefined) profiles.add(fragment.profile)
  }
  for (const profile of profiles) review.review(profile, run.first)
  const doneTo = part.stretch?.[1] ?? sweep.doneTo
  // fragments that are asked beforehand end nothing, also where there was no fragment when the sweep began
  const isLast = part.stretch !== undefined && doneTo >= sweep.until
  const statements = part.stretch === undefined ? [] : describeDone(workspace, doneTo)
  if (isLast) statements.push(...describeEnd(workspace, audiences, sweep, run.first, run.command.at))
  return { statements, graph, review, doneTo, isLast }
}

async function findStretch(
  { database, workspace }: CommandInput,
  { everyone }: SweepRow,
  { stretch }: SweepPart,
): Promise<readonly number[]> {
  const [from, to] = stretch ?? [0, 0]
  if (everyone) return Array.from({ length: to - from }, (_, index) => from + index)
  const { rows } = await database.query<{ fragment: number }>({
    name: 'swept_fragments',
    text: `select distinct fragment from sweep_state where workspace_id = $1 and fragment >= $2 and fragment < $3`,
    values: [workspace, from, to],
  })
  return rows.map(({ fragment }) => fragment)
}

/** What a stretch has taken goes with it. */
function describeDone(workspace: number, to: number): Statement[] {
  return [
    {
      kind: 'query',
      text: 'update sweep set done_to = $2 where workspace_id = $1',
      values: [workspace, to],
    },
    {
      kind: 'query',
      text: 'delete from sweep_state where workspace_id = $1 and fragment < $2',
      values: [workspace, to],
    },
  ]
}

function describeEnd(
  workspace: number,
  audiences: Audiences,
  sweep: SweepRow,
  position: number,
  at: number,
): Statement[] {
  const shown = sweep.isLive ? [] : describeLive(workspace, audiences, sweep, position, at)
  return [
    ...shown,
    { kind: 'query', text: 'delete from sweep where workspace_id = $1', values: [workspace] },
    {
      kind: 'query',
      text: `delete from audience_version v where workspace_id = $1
               and not exists (select from audience a where a.workspace_id = $1 and a.live_version = v.id)`,
      values: [workspace],
    },
  ]
}

/** The versions of a sweep are shown where the audience was not changed meanwhile. */
function describeLive(
  workspace: number,
  { audiences, versions }: Audiences,
  sweep: SweepRow,
  position: number,
  at: number,
): Statement[] {
  const ready = versions.filter(({ id, audience, revision }) => {
    const row = audiences.find((each) => each.id === audience)
    return sweep.versions.includes(id) && row?.revision === revision
  })
  const ids = ready.map(({ id }) => id)
  return [
    {
      kind: 'query',
      text: `update audience a set live_version = v.id, is_live = true from audience_version v
             where a.workspace_id = $1 and v.workspace_id = $1 and v.id = any($2) and a.id = v.audience`,
      values: [workspace, ids],
    },
    {
      kind: 'query',
      text: 'update audience_version set live_position = $3, live_at = $4 where workspace_id = $1 and id = any($2)',
      values: [workspace, ids, position, new Date(at).toISOString()],
    },
  ]
}
