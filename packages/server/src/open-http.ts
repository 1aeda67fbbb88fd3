import type { PipelineAnswer } from '@affluent/protocol/endpoints/pipeline'
import { registerApi } from './api.ts'
import { completeHistory } from './audiences/take-history.ts'
import { viewCauses } from './explorer/decision-causes.ts'
import { viewPipeline } from './explorer/pipeline-view.ts'
import type { ReadCauses } from './identity/ledger-view.ts'
import { collectApi } from './ingest/collect-openapi.ts'
import { Collector } from './ingest/collector.ts'
import type { Append } from './log/event-log.ts'
import type { OpenWorkspaces } from './open-workspaces.ts'
import type { WorkspaceReads } from './platform/clickhouse/analytical-reads.ts'
import type { Engines } from './platform/engines/engines.ts'
import type { Pools } from './platform/engines/open-pools.ts'
import { createHostCheck } from './platform/http/allowed-hosts.ts'
import { nameSources } from './platform/http/api-context.ts'
import { Clients } from './platform/http/clients.ts'
import { registerConsole } from './platform/http/console-files.ts'
import { createHttpServer, type HttpServer } from './platform/http/http-server.ts'
import { closeHttp, urlOf } from './platform/http/listen.ts'
import { registerOperations } from './platform/http/operations-routes.ts'
import { createRateLimits, unlimited } from './platform/http/rate-limits.ts'
import { createSystemMail } from './platform/mail/system-mail.ts'
import { within } from './platform/observability/within.ts'
import type { LoggedCommand } from './platform/processing/command.ts'
import { tryCommand } from './processor/try-command.ts'
import type { ServerOptions } from './server.ts'
import { countEvents } from './warehouse/event-view.ts'
import { KnownDevices } from './workspaces/known-devices.ts'
import type { PasswordHashes } from './workspaces/password-hashes.ts'
import { Sessions } from './workspaces/sessions.ts'

const HTTP_CLOSE_MS = 1_000

/**
 * Opens HTTP: the collect endpoint, the API, the console and what operators ask. It does not listen yet.
 * @param closers closes it when the server ends
 */
export async function openHttp(
  { config, log }: ServerOptions,
  engines: Engines,
  { database }: Pools,
  open: OpenWorkspaces,
  passwords: PasswordHashes,
  now: () => number,
  closers: (() => unknown)[],
): Promise<HttpServer> {
  const { reads, registry, metrics, runtimes, watch, disk, deliverer, guard, secrets, secretKeys, thread } =
    open
  const limits = config.rateLimits ? createRateLimits() : unlimited
  const clients = new Clients(config.trustedProxies)
  const collector = new Collector({
    ...{ registry, limits, metrics, log, now },
    addressOf: (request) => clients.addressOf(request),
    append: (workspace, append) => runtimes.append(workspace, append),
    thread,
    lagMs: (workspace) => runtimes.lagMs(workspace),
    lagMaxMs: config.lagMaxMs,
    refusesWork: () => (disk.isFull ? 'the disk is full' : undefined),
  })
  const http = await createHttpServer(
    config.roles.has('collect') ? collector : undefined,
    log,
    createHostCheck(config.host, config.allowedHosts),
  )
  closers.push(() => within(HTTP_CLOSE_MS, closeHttp(http)))
  const pipeline = async (workspace: number, own: WorkspaceReads): Promise<PipelineAnswer> => {
    const countStored = () => countEvents(own, workspace)
    return {
      ...(await viewPipeline(database, workspace, now(), countStored)),
      lagMs: runtimes.lagMs(workspace),
      lagMaxMs: config.lagMaxMs ?? null,
      timersLagMs: runtimes.timersLagMs(workspace),
    }
  }
  const rules = (workspace: number) => runtimes.rules(workspace)
  const audiences = (workspace: number) => runtimes.audiences(workspace)
  const progress = (workspace: number) => runtimes.progress(workspace)
  const command = (workspace: number, what: LoggedCommand) => runtimes.command(workspace, what)
  const audienceKeys = (workspace: number) => audiences(workspace).keys
  const readCauses: ReadCauses = (own, workspace, positions) => {
    const words = { workspace, country: rules(workspace).country, nameOfSource: nameSources(registry) }
    return viewCauses({ database, reads: own }, words, positions)
  }
  const append = async (workspace: number, what: Append) => {
    const position = await collector.append(workspace, what)
    metrics.accepted.inc(what.accepted.length)
    return position
  }
  if (config.roles.has('api')) {
    await registerApi(http.app, {
      registry,
      database,
      reads,
      sessions: new Sessions({ database, passwords, now }),
      passwords,
      ...{ deliverer, guard, secrets },
      devices: new KnownDevices(secretKeys[0] as Buffer),
      ...{ clients, passwordIsFixed: config.ownerPassword !== undefined },
      mail: config.mail === undefined ? undefined : createSystemMail(config.mail),
      consoleUrl: () => config.publicUrl ?? urlOf(http, config),
      limits,
      log,
      now,
      rules,
      audiences,
      progress,
      pipeline,
      registryChanged: () => watch.changed(),
      append,
      command,
      audienceKeys,
      readCauses,
      tryCommand: (workspace, what) => tryCommand(database, workspace, rules(workspace), what),
      completeHistory: (workspace, fragments, read) =>
        completeHistory(database, workspace, audiences(workspace), fragments, read),
    })
  }
  await registerConsole(http.app)
  await registerOperations(http.app, {
    metrics,
    collect: collectApi,
    faults: async () => {
      const faults: string[] = []
      if (collector.hasJustFailed)
        faults.push('PostgreSQL could not keep events a moment ago; the log says why.')
      if (disk.isFull) faults.push('The disk is full: make room, or raise its size.')
      await database.query('select 1').catch(() => faults.push('PostgreSQL does not answer.'))
      if (config.roles.has('load') && !(await engines.clickhouse.ping()))
        faults.push('ClickHouse does not answer.')
      return faults
    },
  })
  return http
}
