import { join } from 'node:path'
import type { BenchContext } from '../../bench-context.ts'
import { folderBytes } from '../../machine/folder-bytes.ts'
import type { RowPart } from '../../report/figure.ts'
import { number } from '../../report/print-report.ts'

const MIB = 2 ** 20
const WAL = 'pg_wal'

/** What the events that there are take on the disk. */
export async function measureDisk({ server }: BenchContext): Promise<RowPart> {
  const { stored } = await server.pipeline()
  const { postgres, clickhouse } = await server.folders()
  const tables = await folderBytes(postgres, [WAL])
  const wal = await folderBytes(join(postgres, 'cluster', WAL))
  const analytical = await folderBytes(clickhouse)
  const figure = (name: string, bytes: number) =>
    ({ name, value: bytes / stored, unit: 'bytes', better: 'less' }) as const
  return {
    figures: [
      figure('disk of PostgreSQL, per event', tables),
      figure('disk of ClickHouse, per event', analytical),
    ],
    checks: [],
    notes: [
      `disk at ${number(stored)} events: PostgreSQL ${number(tables / MIB)} MiB and ${number(wal / MIB)} MiB of WAL, which has a bound; ClickHouse ${number(analytical / MIB)} MiB`,
    ],
    cpu: {},
    detail: { stored, tables, wal, analytical },
  }
}
