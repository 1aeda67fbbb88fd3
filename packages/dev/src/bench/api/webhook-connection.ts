import { setTimeout as pause } from 'node:timers/promises'
import type { PipelineAnswer } from '@affluent/protocol/endpoints/pipeline'
import type { BenchContext } from '../bench-context.ts'

/** What flows into a connection, as the API takes it. */
export type ConnectionFromJson = { readonly source: string } | { readonly audience: string }

const POLL_MS = 100
// so long without a step forward, and delivering hangs
const STALL_MS_MAX = 60_000

/** A webhook and the connection to it. */
export class WebhookConnection {
  readonly destination: string
  readonly #connection: string
  readonly #context: Pick<BenchContext, 'server'>

  private constructor(context: Pick<BenchContext, 'server'>, destination: string, connection: string) {
    this.#context = context
    this.destination = destination
    this.#connection = connection
  }

  static async make(
    context: Pick<BenchContext, 'server'>,
    url: string,
    from: ConnectionFromJson,
  ): Promise<WebhookConnection> {
    const { api } = context.server
    const { destination } = await api.post<{ destination: { id: string } }>('/v1/destinations', {
      ...{ type: 'webhook', name: `Webhook at ${new URL(url).port}`, settings: { url } },
    })
    const { connection } = await api.post<{ connection: { id: string } }>('/v1/connections', {
      ...{ from, destination: destination.id },
    })
    return new WebhookConnection(context, destination.id, connection.id)
  }

  /** Whether anything is sent; what is queued meanwhile stays queued. */
  async switch(enabled: boolean): Promise<void> {
    await this.#context.server.api.put(`/v1/destinations/${this.destination}`, { enabled })
  }

  /** Takes both away; what is still queued is cancelled. */
  async remove(): Promise<void> {
    const { api } = this.#context.server
    await api.delete(`/v1/connections/${this.#connection}`)
    await api.delete(`/v1/destinations/${this.destination}`)
  }
}

/**
 * Waits until everything that is queued has ended.
 * @throws Error when nothing has moved for a minute
 */
export async function awaitDelivered({
  server,
}: Pick<BenchContext, 'server'>): Promise<PipelineAnswer['deliveries']> {
  let seen = -1
  let movedAt = performance.now()
  for (;;) {
    const { deliveries } = await server.pipeline()
    if (deliveries.queued === 0) return deliveries
    if (deliveries.queued !== seen) {
      seen = deliveries.queued
      movedAt = performance.now()
    } else if (performance.now() - movedAt > STALL_MS_MAX) {
      throw new Error(`Deliveries stand still: ${JSON.stringify(deliveries)}.`)
    }
    await pause(POLL_MS)
  }
}
