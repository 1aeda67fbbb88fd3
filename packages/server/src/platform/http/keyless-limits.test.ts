import { gzipSync } from 'node:zlib'
import { KEYLESS_BODY_BYTES_MAX, WRONG_KEYS_PER_MINUTE_MAX } from '@affluent/protocol/limits'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bareCollector } from '../../ingest/testing/bare-collector.ts'
import { recordLog, request } from '../../testing/test-server.ts'
import type { Registry } from '../workspace/registry.ts'
import { createHttpServer, type HttpServer } from './http-server.ts'
import { createRateLimits } from './rate-limits.ts'

let http: HttpServer
let url: string

beforeEach(async () => {
  const source = { id: 1, workspace: 1, slug: 'app', name: 'App', kind: 'http', enabled: true }
  const registry = {
    sourceOfWriteKey: (key: string) => (key === 'wk_known' ? source : undefined),
    apiKey: () => undefined,
  }
  const collector = bareCollector({
    registry: registry as unknown as Registry,
    append: async () => 1,
    limits: createRateLimits(),
  })
  http = await createHttpServer(collector, recordLog([]))
  url = await http.app.listen({ port: 0, host: '127.0.0.1' })
})
afterEach(() => http.app.close())

const large = `{"x":"${'x'.repeat(KEYLESS_BODY_BYTES_MAX)}"}`

test.each([
  ['without a key', () => ({ body: '{"userId":"a","event":"b"}' }), 401],
  ['with a body that is none', () => ({ body: '{' }), 400],
  ['with a body that is too large', () => ({ body: large }), 413],
  [
    'with a body that grows too large',
    () => ({ body: new Uint8Array(gzipSync(large)), headers: { 'content-encoding': 'gzip' } }),
    413,
  ],
] as const)('requests %s count as wrong keys, and do not keep others out', async (_, make, status) => {
  const ask = () => request(`${url}/v1/track`, { method: 'POST', ...make() })
  for (let tries = 0; tries < WRONG_KEYS_PER_MINUTE_MAX; tries++) expect((await ask()).status).toBe(status)
  const over = await ask()
  expect(over).toMatchObject({ status: 429, json: { code: 'too_many_attempts' } })
  expect(over.headers.get('retry-after')).toBe('60')
  // the same address with a good key, in the body too
  const body = '{"userId":"a","event":"b","writeKey":"wk_known"}'
  expect((await request(`${url}/v1/track`, { method: 'POST', body })).status).toBe(200)
})
