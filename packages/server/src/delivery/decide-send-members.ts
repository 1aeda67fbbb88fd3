import { Router } from '@affluent/core/delivery/router'
import { connectionOfMembers, sendMembers } from '@affluent/core/delivery/send-members'
import { type CommandOutcome, NO_OUTCOME } from '../platform/processing/command-decision.ts'
import type { SendMembers } from './command.ts'
import { describeConnection } from './connection-store.ts'
import type { DeliveryInput } from './delivery-input.ts'

/** Enqueues a connection the word of some current members. */
export async function decideSendMembers(input: DeliveryInput, command: SendMembers): Promise<CommandOutcome> {
  const { workspace, connections, audiences, graphs, rules, counters, routing, run } = input
  const row = connectionOfMembers(connections.rows, command.connection, command)
  if (row === undefined) return NO_OUTCOME
  const fragments = command.members.map(([profile]) => profile)
  const graph = await graphs.load({ identifiers: [], fragments }, rules, counters)
  const router = new Router(routing, graph, input.nextDelivery)
  const version = audiences.audiences.find(({ key }) => key === row.audience)?.liveVersion ?? 0
  const sent = sendMembers(router, routing, graph, row, command, { version, position: run.first })
  if (sent === undefined) return NO_OUTCOME
  return {
    delivery: router.take(),
    statements: [describeConnection(workspace, sent)],
    changesSettings: true,
  }
}
