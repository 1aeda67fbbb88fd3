import type { Endpoint } from './endpoint.ts'
import * as audiences from './endpoints/audiences.ts'
import * as catalogue from './endpoints/catalogue.ts'
import * as connections from './endpoints/connections.ts'
import * as deliveries from './endpoints/deliveries.ts'
import * as destinations from './endpoints/destinations.ts'
import * as events from './endpoints/events.ts'
import * as identity from './endpoints/identity.ts'
import * as keys from './endpoints/keys.ts'
import * as members from './endpoints/members.ts'
import * as outcomes from './endpoints/outcomes.ts'
import * as passwordResets from './endpoints/password-resets.ts'
import * as pipeline from './endpoints/pipeline.ts'
import * as profiles from './endpoints/profiles.ts'
import * as sessions from './endpoints/sessions.ts'
import * as sources from './endpoints/sources.ts'
import * as systemMail from './endpoints/system-mail.ts'
import * as workspaces from './endpoints/workspaces.ts'

// Whatever a file of the folder exports as a value is an endpoint, under its operationId.
const BY_ID = {
  ...profiles,
  ...identity,
  ...audiences,
  ...catalogue,
  ...sources,
  ...destinations,
  ...connections,
  ...deliveries,
  ...events,
  ...outcomes,
  ...pipeline,
  ...workspaces,
  ...keys,
  ...members,
  ...sessions,
  ...passwordResets,
  ...systemMail,
}

/** The type of each endpoint, for what is inferred from them. */
export type AnyEndpoint = (typeof BY_ID)[keyof typeof BY_ID]

/** Every call of the API, by resource. */
export const ENDPOINTS: readonly Endpoint[] = Object.values(BY_ID)
