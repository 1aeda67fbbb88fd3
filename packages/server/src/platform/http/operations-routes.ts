import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../observability/metrics.ts'
import { type DescribedPaths, describeApi } from './openapi/openapi-document.ts'

/** What operators and their tools ask, without a key. */
export async function registerOperations(
  app: FastifyInstance,
  options: {
    readonly metrics: Metrics
    /** why events cannot be taken now, one sentence each */
    readonly faults: () => Promise<readonly string[]>
    /** what is answered besides endpoints, for the OpenAPI document */
    readonly collect: DescribedPaths
  },
): Promise<void> {
  let openApi: string | undefined
  app.get('/healthz', async () => ({ status: 'alive' }))
  app.get('/readyz', async (_, reply) => {
    const faults = await options.faults()
    return reply
      .status(faults.length === 0 ? 200 : 503)
      .send({ status: faults.length === 0 ? 'ready' : 'not_ready', faults })
  })
  app.get('/metrics', async (_, reply) => {
    const { registry } = options.metrics
    return reply.type(registry.contentType).send(await registry.metrics())
  })
  app.get('/openapi.json', async (_, reply) => {
    openApi ??= JSON.stringify(describeApi(options.collect))
    return reply.type('application/json; charset=utf-8').send(openApi)
  })
}
