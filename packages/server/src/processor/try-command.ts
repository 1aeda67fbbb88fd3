import type { RoutingFacts } from '@affluent/core/delivery/router'
import type { IdentityRules } from '@affluent/core/identity/namespaces'
import { readAudiences } from '../audiences/audience-store.ts'
import { HistoryTaker } from '../audiences/take-history.ts'
import { NO_CONNECTIONS } from '../delivery/connection-store.ts'
import { type GraphCache, GraphLoader } from '../identity/resolve.ts'
import { type Database, inTransaction } from '../platform/database/connect.ts'
import type { CommandResult } from '../platform/processing/command-decision.ts'
import type { Command } from './command.ts'
import { decideCommand, settingsForCommands } from './decide-command.ts'

const NO_CACHE: GraphCache = {
  identifier: () => undefined,
  putIdentifier: () => {},
  fragment: () => undefined,
  putFragment: () => {},
  coolDown: () => {},
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
    const history = new HistoryTaker(client, workspace, () => audiences)
    const { result } = await decideCommand({
      run: { first: 0, command },
      workspace,
      database: client,
      graphs: new GraphLoader(client, NO_CACHE, workspace, (graph) => history.takeInto(graph)),
      takeCold: () => history.takeCold(),
      rules,
      counters: { fragment: 1, identifier: 1, ledger: 1 },
      // nothing is sent by what is only tried
      ...settingsForCommands({ audiences, connections: NO_CONNECTIONS }),
      routing: NO_ROUTING,
      nextDelivery: 1,
      clock: command.at,
    })
    return result
  })
}
