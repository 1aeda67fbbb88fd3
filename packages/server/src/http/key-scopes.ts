import type { Scope } from '@affluent/protocol/scope'

/** Which scope of an API key opens each call that is not a GET: the one place that says so. Every GET is a read. */
const SCOPES: Readonly<Record<string, Scope>> = {
  // reads with a body
  'POST /v1/audiences/preview': 'read',
  'POST /v1/connections/preview': 'read',
  'POST /v1/identity/simulate': 'read',

  'POST /v1/identity/unmerge': 'people',
  'POST /v1/identity/cannot-link': 'people',
  'POST /v1/identity/link': 'people',

  'POST /v1/audiences': 'audiences',
  'PUT /v1/audiences/:key': 'audiences',
  'DELETE /v1/audiences/:key': 'audiences',

  'POST /v1/sources': 'destinations',
  'PUT /v1/sources/:slug': 'destinations',
  'POST /v1/sources/:slug/write-keys': 'destinations',
  'DELETE /v1/sources/:slug/write-keys/:key': 'destinations',
  'POST /v1/destinations': 'destinations',
  'POST /v1/destinations/test': 'destinations',
  'PUT /v1/destinations/:id': 'destinations',
  'DELETE /v1/destinations/:id': 'destinations',
  'POST /v1/destinations/:id/test': 'destinations',
  'POST /v1/connections': 'destinations',
  'PUT /v1/connections/:id': 'destinations',
  'DELETE /v1/connections/:id': 'destinations',
  'POST /v1/deliveries/replay': 'destinations',
  'POST /v1/outcomes/replay': 'destinations',
  'POST /v1/outcomes/:id/replay': 'destinations',
  'POST /v1/outcomes/:id/dismiss': 'destinations',

  'PUT /v1/identity/rules': 'admin',
  'PUT /v1/workspaces/:slug': 'admin',
}

/**
 * The scope that an API key needs for a route.
 * @throws Error when nobody has said which: a new route must not be open to every key
 */
export function scopeOf(method: string, url: string): Scope {
  if (method === 'GET' || method === 'HEAD') return 'read'
  const scope = SCOPES[`${method} ${url}`]
  if (scope !== undefined) return scope
  throw new Error(`Say in http/key-scopes.ts which scope of an API key opens ${method} ${url}.`)
}
