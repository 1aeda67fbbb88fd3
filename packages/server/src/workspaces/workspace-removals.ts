import { setTimeout as pause } from 'node:timers/promises'
import { REGISTRY_REFRESH_MS_MAX } from '@affluent/protocol/limits'
import type { ClickHouseClient } from '@clickhouse/client'
import type { Database } from '../platform/database/connect.ts'
import type { Log } from '../platform/observability/log.ts'
import { deleteWorkspace } from '../platform/workspace/workspace-store.ts'
import { removeAnalyticalRows } from './remove-analytical-rows.ts'
import { removeWorkspaceRows } from './remove-workspace-rows.ts'

/** What removing needs. */
export interface RemovalOptions {
  readonly database: Database
  readonly clickhouse: ClickHouseClient
  readonly log: Log
  /** ends whatever works on a workspace in this process */
  readonly closeWorkspace: (workspace: number) => Promise<void>
  /** told when nothing is left of one */
  readonly onRemoved: () => Promise<void>
}

/** Removes workspaces in the background. Which ones stands in the database, so a restart goes on. */
export class WorkspaceRemovals {
  readonly #options: RemovalOptions
  readonly #ending = new AbortController()
  readonly #underWay = new Map<number, Promise<void>>()

  constructor(options: RemovalOptions) {
    this.#options = options
  }

  /** Begins with those that are not under way; one that failed is tried again when it is next named. */
  begin(workspaces: readonly number[]): void {
    for (const workspace of workspaces) {
      if (this.#underWay.has(workspace) || this.#ending.signal.aborted) continue
      const work = this.#remove(workspace).finally(() => this.#underWay.delete(workspace))
      this.#underWay.set(workspace, work)
    }
  }

  async stop(): Promise<void> {
    this.#ending.abort()
    await Promise.all(this.#underWay.values())
  }

  async #remove(workspace: number): Promise<void> {
    const { database, clickhouse, log, closeWorkspace, onRemoved } = this.#options
    const { signal } = this.#ending
    try {
      await closeWorkspace(workspace)
      // other processes see a little later that it is closed
      await pause(2 * REGISTRY_REFRESH_MS_MAX, undefined, { signal })
      await removeWorkspaceRows(database, workspace, signal)
      await removeAnalyticalRows(clickhouse, workspace, signal)
      await deleteWorkspace(database, workspace)
      log.info('workspace_removed', { workspace })
      await onRemoved()
    } catch (error) {
      if (!signal.aborted) log.warn('workspace_removal_waits', { workspace, error })
    }
  }
}
