import type { DeliveryStatus } from '@affluent/protocol/delivery'
import { STATUSES } from './delivery-states.ts'

/** What the address of a destination says. */
export interface DestinationSearch {
  /** the delivery that is open beside the log */
  readonly delivery: string | undefined
  /** the connection that is edited beside the page; `new`: one is made */
  readonly connection: string | undefined
  /** filters of the log */
  readonly status: DeliveryStatus | undefined
  readonly via: string | undefined
  /** the audience that a new connection begins with */
  readonly audience: string | undefined
}

/** Reads the search of the address; whatever is not known is passed over. */
export function readDestinationSearch(search: Readonly<Record<string, unknown>>): DestinationSearch {
  const { delivery, connection, status, via, audience } = search
  return {
    delivery: textOf(delivery, /^msg_[a-z2-7]+$/),
    connection: textOf(connection, /^(new|con_\d+)$/),
    status: STATUSES.find((one) => one === status),
    via: textOf(via, /^con_\d+$/),
    // keys such as 2026 come as numbers
    audience: textOf(
      typeof audience === 'number' ? String(audience) : audience,
      /^[a-z0-9][a-z0-9_-]{0,63}$/,
    ),
  }
}

function textOf(value: unknown, form: RegExp): string | undefined {
  return typeof value === 'string' && form.test(value) ? value : undefined
}
