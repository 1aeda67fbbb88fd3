import type { IdentityRules } from '@affluent/core/identity/namespaces'
import type { ProfileIdKey } from '@affluent/core/profile/profile-id'
import { READ_AFTER_MS_MAX } from '@affluent/protocol/limits'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AnalyticalReads, WorkspaceReads } from '../clickhouse/analytical-reads.ts'
import type { Database } from '../database/connect.ts'
import type { Log } from '../observability/log.ts'
import type { LoggedCommand } from '../processing/command.ts'
import type { SubmittedCommand } from '../processing/command-decision.ts'
import type { Registry, Source, Workspace } from '../workspace/registry.ts'
import { ApiError } from './api-error.ts'
import type { Clients } from './clients.ts'
import type { RateLimits } from './rate-limits.ts'

/** Something that comes further, and can be waited for. */
interface Reachable {
  readonly position: number
  /** @returns false when the position was not reached within `ms` */
  reach(position: number, ms: number): Promise<boolean>
}

/** What every part of the API needs; a capability adds what is its own. */
export interface ApiOptions {
  readonly registry: Registry
  readonly database: Database
  readonly reads: AnalyticalReads
  readonly clients: Clients
  readonly limits: RateLimits
  readonly log: Log
  readonly now: () => number
  readonly rules: (workspace: number) => IdentityRules
  readonly progress: (
    workspace: number,
  ) => { readonly processed: Reachable; readonly loaded: Reachable } | undefined
  /** reads workspaces, sources and keys anew, in every process, and opens or closes what has changed */
  readonly registryChanged: () => Promise<void>
  /** puts a command into the log */
  readonly command: (workspace: number, command: LoggedCommand) => Promise<SubmittedCommand>
}

/** What a source is called in answers. */
export function nameSources(registry: Registry): (source: number) => string {
  return (source) => registry.source(source)?.slug ?? String(source)
}

/** @throws ApiError 404 when the workspace has no such source */
export function findSource(registry: Registry, workspace: Workspace, slug: string): Source {
  const source = registry.sourcesOf(workspace.id).find((each) => each.slug === slug)
  if (source !== undefined) return source
  throw new ApiError(404, 'not_found', `There is no source "${slug}".`, { path: 'source' })
}

/** @throws ApiError 503 when the position is not reached in time */
export async function waitFor(
  options: ApiOptions,
  workspace: number,
  position: number,
  stage: 'processed' | 'loaded',
): Promise<void> {
  const progress = options.progress(workspace)?.[stage]
  if (await progress?.reach(position, READ_AFTER_MS_MAX)) return
  const message = `Position ${position} has not been processed within ${READ_AFTER_MS_MAX / 1000} s; try again.`
  throw new ApiError(503, 'not_ready', message, { path: 'after', retryAfterSeconds: 1 })
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
