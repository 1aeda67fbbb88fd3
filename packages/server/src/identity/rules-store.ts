import { DEFAULT_IDENTITY_RULES, type IdentityRules } from '@affluent/core/identity/namespaces'
import type { Reader } from '../platform/database/connect.ts'
import type { Statement } from '../platform/database/statement.ts'

/** The identity rules in force from a position on, as a statement of the transaction that passes it. */
export function describeRules(
  workspace: number,
  rules: IdentityRules | undefined,
  position: number,
): Statement[] {
  if (rules === undefined) return []
  return [
    {
      kind: 'query',
      text: `insert into identity_rules (workspace_id, rules, position) values ($1, $2, $3)
             on conflict (workspace_id) do update set rules = excluded.rules, position = excluded.position`,
      values: [workspace, JSON.stringify(rules), position],
    },
  ]
}

/**
 * The identity rules in force as they are committed.
 * @param country of the workspace; null: none
 */
export async function readRules(
  database: Reader,
  workspace: number,
  country: string | null,
): Promise<IdentityRules> {
  const { rows } = await database.query<{ rules: IdentityRules }>({
    name: 'identity_rules',
    text: 'select rules from identity_rules where workspace_id = $1',
    values: [workspace],
  })
  return { ...DEFAULT_IDENTITY_RULES, ...rows[0]?.rules, country }
}
