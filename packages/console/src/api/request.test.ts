import { expect, test } from 'vitest'
import { api, queryKeyOf } from './request.ts'

test('a call becomes a request: parameters are escaped, and what is not given is left out of the query', () => {
  expect(api('GET /v1/audiences')).toEqual({ method: 'GET', path: '/v1/audiences' })
  const members = api('GET /v1/audiences/{key}/members', {
    params: { key: 'a/b' },
    query: { limit: 50, cursor: null },
  })
  expect(members).toEqual({ method: 'GET', path: '/v1/audiences/a%2Fb/members?limit=50' })
  const body = { condition: { trait: 'plan', op: 'exists' } }
  expect(api('POST /v1/audiences/preview', { body })).toEqual({
    method: 'POST',
    path: '/v1/audiences/preview',
    body,
  })
})

test('an answer is kept under the workspace and the path, that of a question under its body too', () => {
  expect(queryKeyOf('main', api('GET /v1/sources'))).toEqual(['main', '/v1/sources'])
  const asked = api('POST /v1/audiences/preview', { body: { condition: { audience: 'vip' } } })
  expect(queryKeyOf('main', asked)).toEqual([
    'main',
    '/v1/audiences/preview',
    '{"condition":{"audience":"vip"}}',
  ])
})

test('what an endpoint does not take does not compile', () => {
  // @ts-expect-error there is no such call
  api('GET /v1/nothing')
  // @ts-expect-error the parameter is missing
  expect(api('GET /v1/audiences/{key}').path).toBe('/v1/audiences/')
  // @ts-expect-error a body that lacks what it must hold
  api('POST /v1/sources', { body: { name: 'Website' } })
  // @ts-expect-error a query that is not known
  api('GET /v1/profiles', { query: { serach: 'ada' } })
})
