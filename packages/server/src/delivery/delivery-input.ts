import type { RoutingFacts } from '@affluent/core/delivery/router'
import type { Audiences } from '../audiences/contract.ts'
import type { CommandInput } from '../platform/processing/command-decision.ts'
import type { ConnectionSet } from './connection-store.ts'

/** What commands about connections are decided from. */
export interface DeliveryInput extends CommandInput {
  readonly audiences: Audiences
  readonly connections: ConnectionSet
  readonly routing: RoutingFacts
}
