import type { IdentityRules } from '@affluent/core/identity/namespaces'
import { type Database, inTransaction } from '../database/connect.ts'
import { readAudiences } from '../stores/audience-store.ts'
import type { Command } from './command.ts'
import { type CommandResult, decideCommand } from './decide-command.ts'
import { type GraphCache, GraphLoader } from './resolve.ts'

const NO_CACHE: GraphCache = {
  identifier: () => undefined,
  putIdentifier: () => {},
  fragment: () => undefined,
  putFragment: () => {},
}

/**
 * What a command would do now, by the same decision, on the state that is committed. Nothing is changed.
 * @param rules in force
 */
export function tryCommand(
  database: Database,
  workspace: number,
  rules: IdentityRules,
  command: Command,
): Promise<CommandResult> {
  return inTransaction(database, async (client) => {
    // all its queries see one state
    await client.query('set transaction isolation level repeatable read, read only')
    const audiences = await readAudiences(client, workspace)
    const { result } = await decideCommand({
      run: { first: 0, command },
      workspace,
      database: client,
      graphs: new GraphLoader(client, NO_CACHE, workspace, () => audiences),
      rules,
      counters: { fragment: 1, identifier: 1, ledger: 1 },
      audiences,
      clock: command.at,
    })
    return result
  })
}
