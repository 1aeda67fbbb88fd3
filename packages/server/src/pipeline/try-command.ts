import type { IdentityRules } from '@affluent/core/identity/namespaces'
import { type Database, inTransaction } from '../database/connect.ts'
import { readAudiences } from '../stores/audience-store.ts'
import { NO_CONNECTIONS } from '../stores/connection-store.ts'
import type { Command } from './command.ts'
import { type CommandResult, decideCommand } from './decide-command.ts'
import { type GraphCache, GraphLoader } from './resolve.ts'
import type { RoutingFacts } from './route.ts'

const NO_CACHE: GraphCache = {
  identifier: () => undefined,
  putIdentifier: () => {},
  fragment: () => undefined,
  putFragment: () => {},
}

const NO_ROUTING: RoutingFacts = {
  workspace: 0,
  routes: NO_CONNECTIONS.routes,
  audienceKeys: new Map(),
  profileIdKey: [0, 0, 0, 0],
  slugOf: String,
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
      // nothing is sent by what is only tried
      connections: NO_CONNECTIONS,
      routing: NO_ROUTING,
      nextDelivery: 1,
      clock: command.at,
    })
    return result
  })
}
