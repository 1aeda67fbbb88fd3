import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../operations/metrics.ts'

/** What operators and their tools ask, without a key. */
export async function registerOperations(
  app: FastifyInstance,
  options: {
    readonly metrics: Metrics
    /** why events cannot be taken now, one sentence each */
    readonly faults: () => Promise<readonly string[]>
  },
): Promise<void> {
  const hide = { schema: { hide: true } }
  app.get('/healthz', hide, async () => ({ status: 'alive' }))
  app.get('/readyz', hide, async (_, reply) => {
    const faults = await options.faults()
    return reply
      .status(faults.length === 0 ? 200 : 503)
      .send({ status: faults.length === 0 ? 'ready' : 'not_ready', faults })
  })
  app.get('/metrics', hide, async (_, reply) => {
    const { registry } = options.metrics
    return reply.type(registry.contentType).send(await registry.metrics())
  })
  app.get('/openapi.json', hide, async () => app.swagger())
}
