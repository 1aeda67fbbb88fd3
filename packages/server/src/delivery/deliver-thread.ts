import { setTimeout as pause } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { connectDatabase, type Database, type DatabaseAddress } from '../platform/database/connect.ts'
import type { Log, LogFields } from '../platform/observability/log.ts'
import { AddressGuard } from '../platform/outgoing/address-guard.ts'
import { NameResolver } from '../platform/outgoing/name-resolver.ts'
import { OutgoingClient } from '../platform/outgoing/outgoing-client.ts'
import { SecretBox } from '../platform/secrets/secret-box.ts'
import type { DelivererData, FromThread, ToThread } from './deliver-messages.ts'
import { WorkspaceQueues } from './workspace-queues.ts'

// The thread that delivers: what leaves has nothing to do with the thread that takes in and decides, and cannot hold it
// up.

const CONNECTIONS_MAX = 6

const port = parentPort
const data = workerData as DelivererData
const names = new NameResolver(data.names)
const guard = new AddressGuard(data.networks, (host, workspace) => names.resolve(host, workspace))
const box = new SecretBox(data.secretKeys)
const open = new Map<number, { queues: WorkspaceQueues; end: () => Promise<void> }>()
let address: DatabaseAddress = data.address
let clockOffset = data.now - Date.now()
let database: Database | undefined

const log: Log = {
  debug: (event, fields) => say('debug', event, fields),
  info: (event, fields) => say('info', event, fields),
  warn: (event, fields) => say('warn', event, fields),
  error: (event, fields) => say('error', event, fields),
}

port?.on('message', (message: ToThread) => void handle(message))

async function handle(message: ToThread): Promise<void> {
  switch (message.kind) {
    case 'beat':
      address = message.address
      clockOffset = message.now - Date.now()
      return
    case 'open':
      return openWorkspace(message.workspace, message.epoch)
    case 'close':
      await open.get(message.workspace)?.end()
      return reply({ kind: 'done', id: message.id })
    case 'wake':
      open.get(message.workspace)?.queues.wake(message.destinations)
      return
    case 'changed':
      await open
        .get(message.workspace)
        ?.queues.reload()
        .catch(warnOf('destinations_not_read', message.workspace))
      return
    case 'send':
      return sendOnce(message)
  }
}

function openWorkspace(workspace: number, epoch: number): void {
  database ??= connectDatabase(
    () => address,
    CONNECTIONS_MAX,
    (error) => log.warn('database_connection_lost', { error }),
  )
  const ending = new AbortController()
  const queues = new WorkspaceQueues({
    ...{ database, workspace, epoch, box, guard, log, pace: data.pace },
    now: () => Date.now() + clockOffset,
    random: Math.random,
  })
  const running = queues.run(ending.signal)
  open.set(workspace, {
    queues,
    end: async () => {
      ending.abort()
      open.delete(workspace)
      // an answer that does not come is not waited for: the delivery goes out again under the same id
      await Promise.race([running, pause(data.endMs)])
    },
  })
}

async function sendOnce({ id, workspace, request }: Extract<ToThread, { kind: 'send' }>): Promise<void> {
  const client = new OutgoingClient(guard, workspace)
  const answer = await client.send(request)
  reply({ kind: 'sent', id, answer })
  await client.close()
}

function say(level: 'debug' | 'info' | 'warn' | 'error', event: string, fields: LogFields = {}): void {
  const plain = Object.entries(fields).map(([name, value]) => [
    name,
    value instanceof Error ? String(value.stack) : value,
  ])
  reply({ kind: 'log', level, event, fields: Object.fromEntries(plain) as LogFields })
}

function warnOf(event: string, workspace: number): (error: unknown) => void {
  return (error) => log.warn(event, { workspace, error })
}

function reply(message: FromThread): void {
  port?.postMessage(message)
}
