import type { WorkspaceReads } from '../platform/clickhouse/analytical-reads.ts'

/** How lively a source is, as far as events are in ClickHouse. */
export interface Activity {
  /** receipt of the latest event, milliseconds since the epoch */
  readonly lastEventAt: number
  /** events of the last 60 minutes */
  readonly lastHour: number
}

interface Known {
  readonly askedAt: number
  readonly lastEventAt: ReadonlyMap<number, number>
}

const HOUR_MS = 3_600_000

/**
 * When each source was last heard of. The first question about a workspace reads two columns of all its events; what
 * was once found stays, so that a later one only reads parts that have something newer. An hour is asked again each
 * time: events come to ClickHouse late when the processor is behind.
 */
export class SourceActivity {
  readonly #known = new Map<number, Known>()

  /**
   * @param now milliseconds since the epoch
   * @returns by source; one that never sent anything is not there
   */
  async view(reads: WorkspaceReads, workspace: number, now: number): Promise<Map<number, Activity>> {
    const known = this.#known.get(workspace)
    const from = known === undefined ? 0 : Math.min(known.askedAt, now) - HOUR_MS
    const rows = await reads.ask<{ source: number; last: string; lastHour: string }>({
      query: `select source, toUnixTimestamp64Milli(max(received)) as last,
                countIf(received > fromUnixTimestamp64Milli({hourAgo: Int64})) as lastHour
              from event where workspace = {workspace: UInt32} and received > fromUnixTimestamp64Milli({from: Int64})
              group by source`,
      params: { workspace, from, hourAgo: now - HOUR_MS },
    })
    const lastEventAt = new Map(known?.lastEventAt)
    for (const { source, last } of rows) lastEventAt.set(source, Number(last))
    this.#known.set(workspace, { askedAt: now, lastEventAt })
    const lastHour = new Map(rows.map((row) => [row.source, Number(row.lastHour)]))
    return new Map(
      [...lastEventAt].map(([source, at]) => [
        source,
        { lastEventAt: at, lastHour: lastHour.get(source) ?? 0 },
      ]),
    )
  }
}
