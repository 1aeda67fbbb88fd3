import type { CommandTable } from '../platform/processing/command-decision.ts'
import type { DeliveryCommand } from './command.ts'
import { decideChangeConnection, decideDeleteConnection, decidePutConnection } from './decide-connection.ts'
import { decideSendMembers } from './decide-send-members.ts'
import type { DeliveryInput } from './delivery-input.ts'

/** How commands about connections are decided. */
export const DELIVERY_COMMANDS: CommandTable<DeliveryCommand, DeliveryInput> = {
  put_connection: decidePutConnection,
  change_connection: decideChangeConnection,
  delete_connection: decideDeleteConnection,
  send_members: decideSendMembers,
  reread_settings: () => ({ changesSettings: true }),
}
