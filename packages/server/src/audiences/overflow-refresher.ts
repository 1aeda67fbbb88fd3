import { setTimeout as pause } from 'node:timers/promises'
import type { CompiledLeaf } from '@affluent/core/condition/compile-condition'
import { membersSql } from '@affluent/core/condition/sql/members-sql'
import type { IdentityRules } from '@affluent/core/identity/namespaces'
import { COLD_ANSWER_MS_MAX, COLD_ANSWERS_MAX } from '@affluent/protocol/limits'
import type { ClickHouseClient } from '@clickhouse/client'
import { findProfilesOf } from '../identity/contract.ts'
import type { Progress } from '../log/progress.ts'
import type { AnalyticalReads } from '../platform/clickhouse/analytical-reads.ts'
import { conditionErrorOfEngine } from '../platform/clickhouse/condition-error-of-engine.ts'
import type { Database } from '../platform/database/connect.ts'
import type { Log } from '../platform/observability/log.ts'
import type { Audiences } from './audience-store.ts'
import type { AudienceCommand } from './command.ts'

/** What reading cold answers needs. */
export interface OverflowRefresherOptions {
  readonly workspace: number
  readonly database: Database
  readonly clickhouse: ClickHouseClient
  readonly reads: AnalyticalReads
  readonly log: Log
  readonly audiences: () => Audiences
  readonly rules: () => IdentityRules
  readonly loaded: Progress
  readonly now: () => number
  /** puts a command into the log; gives its position */
  readonly command: (command: AudienceCommand) => Promise<number>
}

const WAKE_MS = 1_000

/**
 * Asks ClickHouse, about once a minute, for the leaves of people who have more matching events than a fragment keeps.
 */
export class OverflowRefresher {
  readonly #options: OverflowRefresherOptions
  #wake: (() => void) | undefined

  constructor(options: OverflowRefresherOptions) {
    this.#options = options
  }

  /** A series has just gone cold: its first answer should not take half a minute. */
  wake(): void {
    this.#wake?.()
  }

  async run(signal: AbortSignal): Promise<void> {
    const { log, workspace } = this.#options
    while (!signal.aborted) {
      await this.#wait(signal)
      if (signal.aborted) return
      await this.readAll(signal).catch((error: unknown) =>
        log.warn('cold_reader_waits', { workspace, error }),
      )
    }
  }

  async #wait(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, COLD_ANSWER_MS_MAX / 2)
      signal.addEventListener('abort', end, { once: true })
      this.#wake = end
    })
    // what has come meanwhile is asked about together
    await pause(WAKE_MS, undefined, { signal }).catch(() => undefined)
  }

  /** Brings every cold answer up to date. */
  async readAll(signal: AbortSignal): Promise<void> {
    const { database, workspace, audiences, log } = this.#options
    const { rows } = await database.query<{ series: number; fragments: number[] }>({
      name: 'cold_series',
      text: `select series, array_agg(distinct fragment) as fragments from cold_series
             where workspace_id = $1 group by series`,
      values: [workspace],
    })
    const { catalog } = audiences()
    for (const { series, fragments } of rows) {
      const known = catalog.series.byId(series)
      if (known === undefined) {
        await database.query('delete from cold_series where workspace_id = $1 and series = $2', [
          workspace,
          series,
        ])
        continue
      }
      for (const leaf of known.leaves)
        await this.#readLeaf(leaf, series, fragments, signal).catch((error: unknown) => {
          if (conditionErrorOfEngine(error) === undefined) throw error
          // the other leaves are answered all the same
          log.warn('cold_leaf_fails', { workspace, series, error })
        })
    }
  }

  async #readLeaf(
    { key, leaf }: CompiledLeaf,
    series: number,
    fragments: readonly number[],
    signal: AbortSignal,
  ): Promise<void> {
    const { workspace, database, clickhouse, reads, audiences, rules, loaded, now, command } = this.#options
    const asOf = now()
    const question = {
      ...{ workspace, now: asOf, zone: audiences().zone, rules: rules(), position: loaded.position },
    }
    const profiles = await findProfilesOf(database, workspace, fragments)
    const { query, params, settings } = membersSql(leaf, question)
    const holding = await reads.backfill(workspace, signal, async () => {
      const result = await clickhouse.query({
        query: `select profile from (${query}) where profile in {asked: Array(UInt64)}`,
        query_params: { ...params, asked: [...new Set(profiles.values())] },
        clickhouse_settings: settings,
        format: 'JSONEachRow',
      })
      return new Set((await result.json<{ profile: number }>()).map(({ profile }) => Number(profile)))
    })
    const answers = [...profiles].map(([id, profile]) => [id, holding.has(profile) ? 1 : 0] as const)
    for (let at = 0; at < answers.length; at += COLD_ANSWERS_MAX) {
      const part = answers.slice(at, at + COLD_ANSWERS_MAX)
      await command({ kind: 'cold_answers', leaf: key, series, asOf, answers: part, at: now() })
    }
  }
}
