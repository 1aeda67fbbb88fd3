import { type ConnectionRow, MEMBERS_DONE } from '@affluent/core/delivery/connection-row'
import { SEND_MEMBERS_MAX } from '@affluent/protocol/limits'
import { type Audiences, countMembersOf, viewMembers } from '../audiences/contract.ts'
import type { Progress } from '../log/progress.ts'
import type { AnalyticalReads } from '../platform/clickhouse/analytical-reads.ts'
import type { Log } from '../platform/observability/log.ts'
import { keepLooking } from '../platform/processing/keep-looking.ts'
import type { DeliveryCommand } from './command.ts'
import type { ConnectionSet } from './connection-store.ts'

/** What sending current members needs. */
export interface CurrentMembersExportOptions {
  readonly workspace: number
  readonly reads: AnalyticalReads
  readonly log: Log
  readonly processed: Progress
  readonly loaded: Progress
  readonly audiences: () => Audiences
  readonly connections: () => ConnectionSet
  readonly now: () => number
  /** puts a command into the log; gives its position */
  readonly command: (command: DeliveryCommand) => Promise<number>
}

const LOOK_MS = 500

/** Gives the current members of an audience to a new connection that asked for them, part by part. */
export class CurrentMembersExport {
  readonly #options: CurrentMembersExportOptions

  constructor(options: CurrentMembersExportOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    const { log, workspace } = this.#options
    await keepLooking(() => this.#sendParts(signal), {
      ...{ signal, everyMs: LOOK_MS },
      onFault: (error) => log.warn('member_sender_waits', { workspace, error }),
    })
  }

  /** @returns whether a part was sent to any connection that waits */
  async #sendParts(signal: AbortSignal): Promise<boolean> {
    const waiting = this.#options
      .connections()
      .rows.filter(
        ({ membersAfter, enabled, fault }) =>
          enabled && fault === null && membersAfter !== null && membersAfter !== MEMBERS_DONE,
      )
    let hasSent = false
    for (const row of waiting) hasSent = (await this.#sendPart(row, signal)) || hasSent
    return hasSent
  }

  /**
   * @returns whether a part was sent; not while the audience is being prepared, or the connection itself is not loaded
   * yet
   */
  async #sendPart(row: ConnectionRow, signal: AbortSignal): Promise<boolean> {
    const { workspace, audiences, loaded, processed, now, command } = this.#options
    const reads = this.#options.reads.of(workspace, signal)
    const { audiences: rows, versions } = audiences()
    const audience = rows.find(({ key }) => key === row.audience)
    const after = row.membersAfter ?? 0
    const version = audience?.liveVersion ?? 0
    const livePosition = versions.find(({ id }) => id === version)?.livePosition ?? 0
    // as of when it was made, or of when the audience was live: who enters after that is told anyway
    const position = Math.max(row.id, livePosition)
    if (livePosition === 0 || loaded.position < position) return false
    const members = await viewMembers(
      reads,
      { workspace, version, position },
      { after, limit: SEND_MEMBERS_MAX },
    )
    const of =
      row.membersOf ?? (await countMembersOf(reads, workspace, [version], position)).get(version) ?? 0
    const given = await command({
      ...{ kind: 'send_members', at: now(), connection: row.id, after, of },
      members: members.map(({ profile, since }) => [profile, since] as const),
      isLast: members.length < SEND_MEMBERS_MAX,
    })
    await processed.wait(given, signal)
    return true
  }
}
