import type { AudienceCatalog } from '../audience-catalog.ts'
import { type AudienceChanges, type AudienceTables, compileAudiences } from '../audience-tables.ts'

/** A workspace without audiences. */
export function noAudiences(zone: string): AudienceTables {
  return {
    ...{ zone, audiences: [], versions: [], series: new Map<string, number>(), backfill: undefined },
    ...{ evaluationDue: false, next: { audience: 1, version: 1, series: 1 } },
  }
}

const catalogs = new WeakMap<AudienceTables, AudienceCatalog>()

/** The catalog of tables, compiled once. */
export function catalogOf(tables: AudienceTables): AudienceCatalog {
  let catalog = catalogs.get(tables)
  if (catalog === undefined) catalogs.set(tables, (catalog = compileAudiences(tables)))
  return catalog
}

/** The tables once a decision is committed. */
export function applyChanges(tables: AudienceTables, changes: AudienceChanges): AudienceTables {
  const { backfill, next = tables.next, evaluationDue = tables.evaluationDue } = changes
  const spent = new Set(changes.deletedSeries)
  const series = new Map([...tables.series].filter(([, id]) => !spent.has(id)))
  for (const [key, id] of changes.series ?? []) series.set(key, id)
  return {
    ...{ zone: tables.zone, series, next, evaluationDue },
    audiences: changeRows(tables.audiences, changes.audiences, changes.deletedAudiences),
    versions: changeRows(tables.versions, changes.versions, changes.deletedVersions),
    backfill: backfill === undefined ? tables.backfill : (backfill ?? undefined),
  }
}

function changeRows<Row extends { readonly id: number }>(
  rows: readonly Row[],
  changed: readonly Row[] = [],
  deleted: readonly number[] = [],
): Row[] {
  const byId = new Map([...rows, ...changed].map((row) => [row.id, row]))
  for (const id of deleted) byId.delete(id)
  return [...byId.values()].sort((a, b) => a.id - b.id)
}
