import type { ApiOptions } from '../platform/http/api-context.ts'
import type { AddressGuard } from '../platform/outgoing/address-guard.ts'
import type { SecretBox } from '../platform/secrets/secret-box.ts'
import type { Deliverer } from './deliverer.ts'

/** What the calls about destinations need. */
export interface DeliveryApi extends ApiOptions {
  readonly deliverer: Deliverer
  readonly guard: AddressGuard
  readonly secrets: SecretBox
}
