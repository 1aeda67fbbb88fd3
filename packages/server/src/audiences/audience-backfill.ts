import type { BackfillRow } from '@affluent/core/audience/audience-tables'
import { nextBackfillAct } from '@affluent/core/audience/backfill'
import type { SqlQuestion } from '@affluent/core/condition/sql/sql-query'
import type { IdentityRules } from '@affluent/core/identity/namespaces'
import type { KeptSeries } from '@affluent/core/series/series-catalog'
import type { Rejection } from '@affluent/protocol/codes'
import { BACKFILL_BATCH_FRAGMENTS_MAX, BACKFILL_QUERY_FRAGMENTS_MAX } from '@affluent/protocol/limits'
import { unreachable } from '@affluent/protocol/unreachable'
import type { ClickHouseClient } from '@clickhouse/client'
import { findTouchedFragments } from '../identity/contract.ts'
import { readClock, readCursors } from '../log/cursors.ts'
import type { Progress } from '../log/progress.ts'
import type { AnalyticalReads } from '../platform/clickhouse/analytical-reads.ts'
import { backfillErrorOfEngine } from '../platform/clickhouse/condition-error-of-engine.ts'
import type { Database } from '../platform/database/connect.ts'
import type { Log } from '../platform/observability/log.ts'
import { keepLooking } from '../platform/processing/keep-looking.ts'
import type { Audiences } from './audience-store.ts'
import type { AudienceCommand, BackfillBatchCommand } from './command.ts'
import { landMembers, landSeries } from './land-history.ts'

/** What the preparation of audiences needs. */
export interface AudienceBackfillOptions {
  readonly workspace: number
  readonly database: Database
  readonly clickhouse: ClickHouseClient
  readonly reads: AnalyticalReads
  readonly log: Log
  /** brings everything up to a position into ClickHouse soon */
  readonly hurryTo: (position: number) => void
  readonly audiences: () => Audiences
  readonly rules: () => IdentityRules
  readonly processed: Progress
  readonly loaded: Progress
  readonly now: () => number
  /** puts a command into the log; gives its position */
  readonly command: (command: AudienceCommand) => Promise<number>
}

const LOOK_MS = 50
const RETRY_MS = 1_000

/**
 * Prepares audiences beside the processor. What is to be prepared begins at a position, from which on the processor
 * keeps the new series; ClickHouse computes what was before it, and that is laid ready for the fragments. A fragment
 * takes its part when it is next loaded; parts of the backfill see to those that nothing else loads. So there is no gap
 * and no double, and after a crash it goes on where it was (ADR 10).
 */
export class AudienceBackfill {
  readonly #options: AudienceBackfillOptions
  /** position of the backfill whose touched fragments this process has asked */
  #touchedOf = 0

  constructor(options: AudienceBackfillOptions) {
    this.#options = options
  }

  /** Prepares whatever waits, until `signal` says stop. */
  async run(signal: AbortSignal): Promise<void> {
    const { audiences, log, workspace } = this.#options
    await keepLooking(() => this.#step(audiences(), signal), {
      ...{ signal, everyMs: LOOK_MS, retryMs: RETRY_MS },
      onFault: (error) => log.warn('backfill_waits', { workspace, error }),
    })
  }

  /** @returns false when there is nothing to do */
  async #step(audiences: Audiences, signal: AbortSignal): Promise<boolean> {
    const at = this.#options.now()
    const act = nextBackfillAct(audiences, at, this.#touchedOf)
    if (act === undefined) return false
    if (act === 'start') {
      await this.#give({ kind: 'start_backfill', at }, signal)
      return true
    }
    const backfill = audiences.backfill as BackfillRow
    switch (act) {
      case 'compute':
        await this.#land(backfill, signal)
        break
      case 'ask_touched':
        await this.#askTouched(backfill, signal)
        break
      case 'show':
        await this.#show(backfill, signal)
        break
      case 'settle':
        await this.#settle(backfill, signal)
        break
      default:
        unreachable(act)
    }
    return true
  }

  /** Computes what was before the backfill began. */
  async #land(backfill: BackfillRow, signal: AbortSignal): Promise<void> {
    const { audiences, workspace, database, rules, now } = this.#options
    if (!(await this.#load(backfill.position, signal))) return
    // from before a restart the word that it has landed may stand in the log: then fragments are about to take what was
    // laid ready, and that stays as it is
    if (!(await this.#catchUp(signal)) || audiences().backfill?.readyPosition !== 0) return
    const { catalog, zone } = audiences()
    const question: SqlQuestion = {
      ...{ workspace, zone, rules: rules(), position: backfill.position, now: backfill.clock },
    }
    // what an attempt before a crash has left
    const left = 'delete from backfill_state where workspace_id = $1 and backfill = $2'
    await database.query(left, [workspace, backfill.position])
    const faults = new Map<number, Rejection>()
    if (backfill.early) {
      for (const id of backfill.versions) {
        const version = catalog.version(id)
        if (version === undefined) continue
        const fault = await this.#try(signal, () => landMembers(this.#options, version, question))
        if (fault !== undefined) faults.set(id, fault)
      }
    }
    for (let from = 1; from < backfill.until; from += BACKFILL_QUERY_FRAGMENTS_MAX) {
      const range = { from, to: Math.min(from + BACKFILL_QUERY_FRAGMENTS_MAX, backfill.until) }
      const series = catalog.series.neededBy(({ id }) => backfill.versions.includes(id) && !faults.has(id))
      const land = (some: readonly KeptSeries[]) => landSeries(this.#options, some, question, range)
      for (const [{ consumers }, fault] of await this.#landSeries(series, land, signal))
        for (const { id } of consumers) if (backfill.versions.includes(id)) faults.set(id, fault)
    }
    const failed = [...faults].map(([version, fault]) => ({ version, ...fault }))
    if (failed.length > 0) this.#options.log.warn('audiences_failed', { workspace, failed })
    await this.#give({ kind: 'backfill_ready', backfill: backfill.position, failed, at: now() }, signal)
  }

  /**
   * Series that cannot be computed together may be in halves.
   * @returns those that cannot be computed even alone, with the reason
   */
  async #landSeries(
    series: readonly KeptSeries[],
    land: (series: readonly KeptSeries[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<(readonly [KeptSeries, Rejection])[]> {
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
  async #try(signal: AbortSignal, work: () => Promise<void>): Promise<Rejection | undefined> {
    try {
      await this.#inTurn(signal, work)
      return undefined
    } catch (error) {
      const fault = backfillErrorOfEngine(error)
      if (fault === undefined) throw error
      return fault
    }
  }

  /** One long question at a time, in turn with those of other workspaces. */
  #inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    return this.#options.reads.backfill(this.#options.workspace, signal, work)
  }

  /** The versions can be shown. */
  async #show(backfill: BackfillRow, signal: AbortSignal): Promise<void> {
    const shown = await this.#give(
      { kind: 'publish_backfill', backfill: backfill.position, at: this.#options.now() },
      signal,
    )
    // a version is shown once it can also be listed
    await this.#load(shown, signal)
  }

  /**
   * Asks whom events or time have touched since the backfill began: nobody has asked them about its versions, which
   * were inactive.
   */
  async #askTouched(backfill: BackfillRow, signal: AbortSignal): Promise<void> {
    const { workspace, database, clickhouse, command, now } = this.#options
    if (!(await this.#load(backfill.readyPosition, signal))) return
    const until = await readClock(database, workspace)
    const { position: after, clock: from, readyPosition: to } = backfill
    const touched = await this.#inTurn(signal, () =>
      findTouchedFragments(clickhouse, workspace, { after, to, from, until }),
    )
    for (let at = 0; at < touched.length && !signal.aborted; at += BACKFILL_BATCH_FRAGMENTS_MAX) {
      const fragments = touched.slice(at, at + BACKFILL_BATCH_FRAGMENTS_MAX)
      await command({ kind: 'backfill_batch', backfill: backfill.position, fragments, at: now() })
    }
    if (!signal.aborted) this.#touchedOf = backfill.position
  }

  /** One stretch of fragments takes what was laid ready. */
  async #settle(backfill: BackfillRow, signal: AbortSignal): Promise<void> {
    const stretch: BackfillBatchCommand['stretch'] = [backfill.doneTo, await this.#findEnd(backfill)]
    await this.#give(
      { kind: 'backfill_batch', backfill: backfill.position, stretch, at: this.#options.now() },
      signal,
    )
  }

  /** Where a stretch ends that has as many fragments as one part takes. */
  async #findEnd({ everyone, doneTo, until }: BackfillRow): Promise<number> {
    if (everyone) return Math.min(doneTo + BACKFILL_BATCH_FRAGMENTS_MAX, until)
    const { database, workspace } = this.#options
    const { rows } = await database.query<{ fragment: number }>({
      name: 'backfill_range',
      text: `select fragment from backfill_state where workspace_id = $1 and fragment >= $2
             order by fragment limit 1 offset $3`,
      values: [workspace, doneTo, BACKFILL_BATCH_FRAGMENTS_MAX],
    })
    return Math.min(Math.max(rows[0]?.fragment ?? until, doneTo + 1), until)
  }

  /** Waits until a position is in ClickHouse, without waiting for the block to fill up. */
  async #load(position: number, signal: AbortSignal): Promise<boolean> {
    this.#options.hurryTo(position)
    return this.#options.loaded.wait(position, signal)
  }

  /** Waits until everything that is in the log now has been processed. */
  async #catchUp(signal: AbortSignal): Promise<boolean> {
    const { database, workspace, processed } = this.#options
    const { head } = await readCursors(database, workspace)
    return processed.wait(head, signal)
  }

  /** @returns its position, once it is processed */
  async #give(command: AudienceCommand, signal: AbortSignal): Promise<number> {
    const position = await this.#options.command(command)
    await this.#options.processed.wait(position, signal)
    return position
  }
}
