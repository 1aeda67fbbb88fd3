import type { AudiencePart } from '@affluent/core/audience/membership-evaluator'
import { copyRow } from '../platform/database/copy-row.ts'
import { copyStatement, type Statement } from '../platform/database/statement.ts'

/**
 * What decisions changed in audiences, as statements of their transaction. Memberships themselves stand in the
 * fragments.
 */
export function describeAudiencePart(workspace: number, { timers, cold }: AudiencePart): Statement[] {
  const moments = timers.map(({ at, profile }) => copyRow([workspace, at, profile])).join('')
  return [
    ...copyStatement('timer (workspace_id, at, profile)', moments),
    ...(cold.length === 0 ? [] : [describeCold(workspace, cold)]),
  ]
}

/** A place that is cold already, as after a merge, is noted once. */
function describeCold(workspace: number, cold: AudiencePart['cold']): Statement {
  return {
    kind: 'query',
    name: 'note_cold',
    text: `insert into cold_series (workspace_id, series, fragment)
           select $1, series, fragment from unnest($2::int[], $3::bigint[]) as c (series, fragment) on conflict do nothing`,
    values: [workspace, cold.map(({ series }) => series), cold.map(({ fragment }) => fragment)],
  }
}
