import type { IdentityRules } from '@affluent/core/identity/namespaces'
import type { ProfileIdKey } from '@affluent/core/profile/profile-id'
import { apiError, type PipelineAnswer } from '@affluent/protocol/api'
import { READ_AFTER_MS_MAX } from '@affluent/protocol/limits'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { KnownDevices } from '../access/known-devices.ts'
import type { Sessions } from '../access/sessions.ts'
import type { Database } from '../database/connect.ts'
import type { Deliverer } from '../deliveries/deliverer.ts'
import type { Append } from '../log/event-log.ts'
import type { Log } from '../operations/log.ts'
import type { AddressGuard } from '../outgoing/address-guard.ts'
import type { Command } from '../pipeline/command.ts'
import type { Progress } from '../pipeline/progress.ts'
import type { GivenCommand } from '../pipeline/workspace-walks.ts'
import type { AnalyticalReads, WorkspaceReads } from '../stores/analytical-reads.ts'
import type { Audiences } from '../stores/audience-store.ts'
import type { LedgerReader } from '../stores/ledger-view.ts'
import type { Registry, Source, Workspace } from '../stores/registry.ts'
import type { SecretBox } from '../stores/secret-box.ts'
import type { Clients } from './clients.ts'
import type { RateLimits } from './rate-limits.ts'
import { RefusalError } from './refusal-error.ts'

/** What the API needs. */
export interface ApiOptions {
  readonly registry: Registry
  readonly database: Database
  readonly reads: AnalyticalReads
  readonly sessions: Sessions
  readonly devices: KnownDevices
  readonly clients: Clients
  /** the operator has fixed the owner's password */
  readonly passwordIsFixed: boolean
  readonly deliverer: Deliverer
  readonly guard: AddressGuard
  readonly secrets: SecretBox
  readonly limits: RateLimits
  readonly log: Log
  readonly now: () => number
  readonly rules: (workspace: number) => IdentityRules
  /** as this process last read them */
  readonly audiences: (workspace: number) => Audiences
  readonly progress: (
    workspace: number,
  ) => { readonly walked: Progress; readonly loaded: Progress } | undefined
  readonly pipeline: (workspace: number, reads: WorkspaceReads) => Promise<PipelineAnswer>
  /** reads workspaces, sources and keys anew, in every process, and opens or closes what has changed */
  readonly registryChanged: () => Promise<void>
  /** keeps events as the door does, with its refusals; resolves with the position of the last one */
  readonly append: (workspace: number, append: Append) => Promise<number>
  /** puts a command into the log */
  readonly command: (workspace: number, command: Command) => Promise<GivenCommand>
}

/** Where routes are registered, with their shapes. */
export function typed(app: FastifyInstance) {
  return app.withTypeProvider<ZodTypeProvider>()
}

/** What every route of the API declares: a key or a session opens it. */
export const SECURITY = [{ apiKey: [] }, { session: [] }]
export const ERRORS = { '4xx': apiError, '5xx': apiError }

/** What a source is called in answers. */
export function nameSources(registry: Registry): (source: number) => string {
  return (source) => registry.source(source)?.slug ?? String(source)
}

/** What reads identity decisions of a workspace. */
export function ledgerReader(options: ApiOptions, workspace: Workspace, reads: WorkspaceReads): LedgerReader {
  const { database, registry } = options
  const { country } = options.rules(workspace.id)
  return { database, reads, workspace, country, nameOfSource: nameSources(registry) }
}

/** @throws RefusalError 404 when the workspace has no such source */
export function findSource(registry: Registry, workspace: Workspace, slug: string): Source {
  const source = registry.sourcesOf(workspace.id).find((each) => each.slug === slug)
  if (source !== undefined) return source
  throw new RefusalError(404, 'not_found', `There is no source "${slug}".`, { path: 'source' })
}

/** @throws RefusalError 503 when the position is not reached in time */
export async function waitFor(
  options: ApiOptions,
  workspace: number,
  position: number,
  stage: 'walked' | 'loaded',
): Promise<void> {
  const progress = options.progress(workspace)?.[stage]
  if (await progress?.reach(position, READ_AFTER_MS_MAX)) return
  const message = `Position ${position} has not been walked within ${READ_AFTER_MS_MAX / 1000} s; try again.`
  throw new RefusalError(503, 'not_ready', message, { path: 'after', retryAfterSeconds: 1 })
}

/** Asks ClickHouse for the caller of a request, for as long as he waits. */
export function readsFor(
  { reads }: Pick<ApiOptions, 'reads'>,
  request: FastifyRequest,
  reply: FastifyReply,
): WorkspaceReads {
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort()
  })
  return reads.of(request.workspace.id, gone.signal)
}

/** What signs the cursors of a workspace. */
export function cursorSecret(key: ProfileIdKey): string {
  return key.join('-')
}
