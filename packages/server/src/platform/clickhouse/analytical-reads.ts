import {
  BACKFILLS_AT_ONCE_MAX,
  READ_MS_MAX,
  READ_WAIT_MS_MAX,
  READS_AT_ONCE_MAX,
  READS_WAITING_MAX,
} from '@affluent/protocol/limits'
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'
import { FairGate } from '../engines/clickhouse/fair-gate.ts'

/** The caller has hung up: nobody waits for the answer any more. */
export class CallerGone extends Error {
  override readonly name = 'CallerGone'
}

/** One SELECT with its values and what the engine has to know for it. */
export interface Question {
  readonly query: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly settings?: ClickHouseSettings
}

/** Asks ClickHouse on behalf of one workspace. */
export interface WorkspaceReads {
  /**
   * @returns the rows of the answer
   * @throws CallerGone; GateFull when too many questions of the workspace wait; ClickHouseError, with code 159 when it
   * takes longer than READ_MS_MAX
   */
  ask<Row>(question: Question): Promise<Row[]>
}

/**
 * Settings of a question that somebody waits for. ClickHouse remembers how many rows a join had and turns its sides the
 * next time, also where only some rows of the larger side count: the same question then takes five times as long. A
 * server ends what its caller no longer waits for; the embedded engine does so by itself.
 */
const READ_SETTINGS = {
  query_plan_join_swap_table: 'false',
  cancel_http_readonly_queries_on_client_close: 1,
} satisfies ClickHouseSettings

/**
 * The way by which everything but the loader asks ClickHouse: workspaces take turns, so that what one asks cannot keep
 * the others waiting. What somebody waits for ends in time and with its caller; backfills, which take longer, have
 * slots of their own (ADR 18).
 */
export class AnalyticalReads {
  readonly #clickhouse: ClickHouseClient
  readonly #settings: ClickHouseSettings
  readonly #reads = new FairGate({
    atOnce: READS_AT_ONCE_MAX,
    waiting: READS_WAITING_MAX,
    waitMs: READ_WAIT_MS_MAX,
  })
  readonly #backfills = new FairGate({ atOnce: BACKFILLS_AT_ONCE_MAX })

  /** @param readMs how long a question may take that somebody waits for */
  constructor(clickhouse: ClickHouseClient, readMs = READ_MS_MAX) {
    this.#clickhouse = clickhouse
    this.#settings = { ...READ_SETTINGS, max_execution_time: readMs / 1_000 }
  }

  /**
   * @param gone when nobody waits for the answer any more: the question leaves the queue, or ends in the engine
   */
  of(workspace: number, gone: AbortSignal): WorkspaceReads {
    return {
      ask: async <Row>(question: Question): Promise<Row[]> => {
        try {
          const leave = await this.#reads.enter(workspace, gone)
          try {
            return await this.#ask<Row>(workspace, question, gone)
          } finally {
            leave()
          }
        } catch (error) {
          if (gone.aborted) throw new CallerGone('The caller has hung up.', { cause: error })
          throw error
        }
      },
    }
  }

  /**
   * Runs one long question of a backfill in its turn.
   * @param work asks the engine, and takes the answer
   * @throws the signal's reason when it is stopped while it waits
   */
  async backfill<T>(workspace: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const leave = await this.#backfills.enter(workspace, signal)
    try {
      return await work()
    } finally {
      leave()
    }
  }

  async #ask<Row>(
    workspace: number,
    { query, params, settings }: Question,
    gone: AbortSignal,
  ): Promise<Row[]> {
    const result = await this.#clickhouse.query({
      query,
      ...(params === undefined ? {} : { query_params: { ...params } }),
      clickhouse_settings: { ...settings, ...this.#settings, ...ownedBy(workspace) },
      abort_signal: gone,
      format: 'JSONEachRow',
    })
    return result.json<Row>()
  }
}

/**
 * The engine knows on whose behalf it is asked: what it has not ended yet counts against that workspace. A parameter of
 * ClickHouse's HTTP interface, not a setting.
 */
function ownedBy(workspace: number): ClickHouseSettings {
  return { quota_key: String(workspace) } as ClickHouseSettings
}
