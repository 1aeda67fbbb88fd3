import type { CatalogSeries } from '@affluent/core/audience/audience-catalog'
import type { SqlQuestion } from '@affluent/core/condition/sql/sql-query'
import type { IdentityRules } from '@affluent/core/identity/namespaces'
import type { Refusal } from '@affluent/protocol/codes'
import { SWEEP_PART_FRAGMENTS_MAX, SWEEP_QUERY_FRAGMENTS_MAX } from '@affluent/protocol/limits'
import type { ClickHouseClient } from '@clickhouse/client'
import type { Database } from '../database/connect.ts'
import type { Log } from '../operations/log.ts'
import type { AnalyticalReads } from '../stores/analytical-reads.ts'
import type { Audiences, SweepRow } from '../stores/audience-store.ts'
import { backfillFaultOfEngine } from '../stores/condition-fault-of-engine.ts'
import { landMembers, landSeries } from '../stores/land-history.ts'
import { findTouchedFragments } from '../stores/touched-fragments.ts'
import type { Command, SweepPart } from './command.ts'
import { mayBeOvertaken } from './decide-sweep.ts'
import { keepLooking } from './keep-looking.ts'
import type { Loader } from './load.ts'
import type { Progress } from './progress.ts'

/** What the preparation of audiences needs. */
export interface SweeperOptions {
  readonly workspace: number
  readonly database: Database
  readonly clickhouse: ClickHouseClient
  readonly reads: AnalyticalReads
  readonly log: Log
  readonly loader: Loader
  readonly audiences: () => Audiences
  readonly rules: () => IdentityRules
  readonly walked: Progress
  readonly loaded: Progress
  readonly now: () => number
  /** puts a command into the log; gives its position */
  readonly command: (command: Command) => Promise<number>
}

const LOOK_MS = 50
const RETRY_MS = 1_000

/**
 * Prepares audiences beside the walk. What is to be prepared begins at a position, from which on the walk keeps the new series; ClickHouse computes what was before it, and that is laid
 * ready for the fragments. A fragment takes its part when it is next loaded; parts of the sweep see to those that nothing else loads. So there is no gap and no double, and after a crash it
 * goes on where it was (ADR 10).
 */
export class Sweeper {
  readonly #options: SweeperOptions

  constructor(options: SweeperOptions) {
    this.#options = options
  }

  /** Prepares whatever waits, until `signal` says stop. */
  async run(signal: AbortSignal): Promise<void> {
    const { audiences, log, workspace } = this.#options
    await keepLooking(() => this.#step(audiences(), signal), {
      ...{ signal, everyMs: LOOK_MS, retryMs: RETRY_MS },
      onFault: (error) => log.warn('sweep_waits', { workspace, error }),
    })
  }

  /** @returns false when there is nothing to do */
  async #step(audiences: Audiences, signal: AbortSignal): Promise<boolean> {
    const { sweep } = audiences
    if (sweep === undefined && !isWorkWaiting(audiences)) return false
    if (sweep === undefined || (isWorkWaiting(audiences) && mayBeOvertaken(sweep, this.#options.now())))
      await this.#give({ kind: 'start_sweep', at: this.#options.now() }, signal)
    else if (sweep.landedPosition === 0) await this.#land(sweep, signal)
    else if (sweep.early && !sweep.isLive) await this.#show(sweep, signal)
    else await this.#settle(sweep, signal)
    return true
  }

  /** Computes what was before the sweep began. */
  async #land(sweep: SweepRow, signal: AbortSignal): Promise<void> {
    const { audiences, workspace, database, rules, now } = this.#options
    if (!(await this.#load(sweep.position, signal))) return
    // from before a restart the word that it has landed may stand in the log: then fragments are about to take what was laid ready, and that stays as it is
    if (!(await this.#catchUp(signal)) || audiences().sweep?.landedPosition !== 0) return
    const { catalog, zone } = audiences()
    const question: SqlQuestion = {
      ...{ workspace, zone, rules: rules(), position: sweep.position, now: sweep.clock },
    }
    // what an attempt before a crash has left
    const left = 'delete from sweep_state where workspace_id = $1 and sweep = $2'
    await database.query(left, [workspace, sweep.position])
    const faults = new Map<number, Refusal>()
    if (sweep.early) {
      for (const id of sweep.versions) {
        const version = catalog.version(id)
        if (version === undefined) continue
        const fault = await this.#try(signal, () => landMembers(this.#options, version, question))
        if (fault !== undefined) faults.set(id, fault)
      }
    }
    for (let from = 1; from < sweep.until; from += SWEEP_QUERY_FRAGMENTS_MAX) {
      const range = { from, to: Math.min(from + SWEEP_QUERY_FRAGMENTS_MAX, sweep.until) }
      const series = catalog.seriesOfVersions(sweep.versions.filter((id) => !faults.has(id)))
      const land = (some: readonly CatalogSeries[]) =>
        landSeries(this.#options, { series: some, added: sweep.series }, question, range)
      for (const [{ versions }, fault] of await this.#landSeries(series, land, signal))
        for (const index of versions) {
          const id = catalog.versions[index]?.id
          if (id !== undefined && sweep.versions.includes(id)) faults.set(id, fault)
        }
    }
    const failed = [...faults].map(([version, fault]) => ({ version, ...fault }))
    if (failed.length > 0) this.#options.log.warn('audiences_failed', { workspace, failed })
    await this.#give({ kind: 'sweep_landed', sweep: sweep.position, failed, at: now() }, signal)
  }

  /**
   * Series that cannot be computed together may be in halves.
   * @returns those that cannot be computed even alone, with the reason
   */
  async #landSeries(
    series: readonly CatalogSeries[],
    land: (series: readonly CatalogSeries[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<(readonly [CatalogSeries, Refusal])[]> {
    const [first] = series
    if (first === undefined) return []
    const fault = await this.#try(signal, () => land(series))
    if (fault === undefined) return []
    if (series.length === 1) return [[first, fault]]
    const middle = Math.ceil(series.length / 2)
    return [
      ...(await this.#landSeries(series.slice(0, middle), land, signal)),
      ...(await this.#landSeries(series.slice(middle), land, signal)),
    ]
  }

  /** @returns why it cannot be computed, when that lies in the condition: trying again would not help */
  async #try(signal: AbortSignal, work: () => Promise<void>): Promise<Refusal | undefined> {
    try {
      await this.#inTurn(signal, work)
      return undefined
    } catch (error) {
      const fault = backfillFaultOfEngine(error)
      if (fault === undefined) throw error
      return fault
    }
  }

  /** One long question at a time, in turn with those of other workspaces. */
  #inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    return this.#options.reads.backfill(this.#options.workspace, signal, work)
  }

  /** The versions can be shown. */
  async #show(sweep: SweepRow, signal: AbortSignal): Promise<void> {
    await this.#askTouched(sweep, signal)
    if (signal.aborted) return
    const shown = await this.#give(
      { kind: 'sweep_live', sweep: sweep.position, at: this.#options.now() },
      signal,
    )
    // a version is shown once it can also be listed
    await this.#load(shown, signal)
  }

  /** Asks whom events have touched since the sweep began: nobody has asked them about its versions, which were asleep. */
  async #askTouched(sweep: SweepRow, signal: AbortSignal): Promise<void> {
    const { workspace, clickhouse, command, now } = this.#options
    if (!(await this.#load(sweep.landedPosition, signal))) return
    const touched = await this.#inTurn(signal, () =>
      findTouchedFragments(clickhouse, workspace, sweep.position, sweep.landedPosition),
    )
    for (let at = 0; at < touched.length && !signal.aborted; at += SWEEP_PART_FRAGMENTS_MAX) {
      const fragments = touched.slice(at, at + SWEEP_PART_FRAGMENTS_MAX)
      await command({ kind: 'sweep_part', sweep: sweep.position, fragments, at: now() })
    }
  }

  /** One stretch of fragments takes what was laid ready. */
  async #settle(sweep: SweepRow, signal: AbortSignal): Promise<void> {
    if (!sweep.early && sweep.doneTo === 1) await this.#askTouched(sweep, signal)
    if (signal.aborted) return
    const stretch: SweepPart['stretch'] = [sweep.doneTo, await this.#findEnd(sweep)]
    await this.#give({ kind: 'sweep_part', sweep: sweep.position, stretch, at: this.#options.now() }, signal)
  }

  /** Where a stretch ends that has as many fragments as one part takes. */
  async #findEnd({ everyone, doneTo, until }: SweepRow): Promise<number> {
    if (everyone) return Math.min(doneTo + SWEEP_PART_FRAGMENTS_MAX, until)
    const { database, workspace } = this.#options
    const { rows } = await database.query<{ fragment: number }>({
      name: 'sweep_stretch',
      text: `select fragment from sweep_state where workspace_id = $1 and fragment >= $2
             order by fragment limit 1 offset $3`,
      values: [workspace, doneTo, SWEEP_PART_FRAGMENTS_MAX],
    })
    return Math.min(Math.max(rows[0]?.fragment ?? until, doneTo + 1), until)
  }

  /** Waits until a position is in ClickHouse, without waiting for the block to fill up. */
  async #load(position: number, signal: AbortSignal): Promise<boolean> {
    this.#options.loader.hurryTo(position)
    return this.#options.loaded.wait(position, signal)
  }

  /** Waits until everything that is in the log now has been walked. */
  async #catchUp(signal: AbortSignal): Promise<boolean> {
    const { database, workspace, walked } = this.#options
    const { rows } = await database.query<{ position: number }>({
      name: 'log_end',
      text: 'select position from log_head where workspace_id = $1',
      values: [workspace],
    })
    return walked.wait(rows[0]?.position ?? 0, signal)
  }

  /** @returns its position, once it is walked */
  async #give(command: Command, signal: AbortSignal): Promise<number> {
    const position = await this.#options.command(command)
    await this.#options.walked.wait(position, signal)
    return position
  }
}

function isWorkWaiting({ audiences, reviewDue }: Audiences): boolean {
  return reviewDue || audiences.some(({ isLive, fault }) => !isLive && fault === null)
}
