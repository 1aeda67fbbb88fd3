import { ENDPOINTS } from '@affluent/protocol/endpoints'
import fastify from 'fastify'
import { expect, test } from 'vitest'
import type { AllApi } from './api.ts'
import { registerApi } from './api.ts'

test('each endpoint is served, once, and nothing else stands under /v1', () => {
  const app = fastify({ exposeHeadRoutes: false })
  const served: string[] = []
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.endpoint === undefined) throw new Error(`${String(method)} ${url} is no endpoint.`)
    served.push(`${String(method)} ${url.replaceAll(/:(\w+)/g, '{$1}')}`)
  })
  // nothing is asked, so that what the handlers need is not there
  registerApi(app, {} as AllApi)
  expect(served).toHaveLength(ENDPOINTS.length)
  expect(new Set(served)).toEqual(new Set(ENDPOINTS.map(({ method, path }) => `${method} ${path}`)))
})
