import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, realpath } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { findRunning } from '@affluent/server/platform/engines/postgres/postmaster-file'
import { sessionsOf } from '@affluent/server/platform/engines/postgres/process-in-cluster'
import { httpCall } from './http-call.ts'
import { familyOf, killNow, listProcesses } from './process-list.ts'

export const WRITE_KEY = 'faults-write-key'
const API_KEY = 'faults-api-key'

export interface ServerOptions {
  /** the built `main.js` */
  readonly program: string
  readonly dataDir: string
  readonly port: number
  readonly env?: Readonly<Record<string, string>>
  /** a command that runs ours as its child, such as strace with its options */
  readonly under?: readonly string[]
}

/** The processes of a server by what they are. */
export interface ServerProcesses {
  readonly ours: number | undefined
  readonly postmaster: number | undefined
  readonly backends: readonly number[]
  readonly clickhouse: number | undefined
  /** all of these and whatever else runs below ours */
  readonly all: readonly number[]
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

const OUTPUT_BYTES_MAX = 200_000
const READY_POLL_MS = 15
const GONE_POLL_MS = 10

/** A real server as a process tree of its own, to be killed. */
export class ServerUnderTest {
  readonly options: ServerOptions
  readonly #child: ChildProcess
  readonly ended: Promise<Ended>
  readonly startedAt = performance.now()
  #output = ''
  #end: Ended | undefined

  constructor(options: ServerOptions) {
    this.options = options
    const { program, dataDir, port, under = [], env = {} } = options
    const [command = process.execPath, ...args] = [...under, process.execPath, program]
    this.#child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        PORT: String(port),
        AFFLUENT_DATA_DIR: dataDir,
        AFFLUENT_WRITE_KEY: WRITE_KEY,
        AFFLUENT_API_KEY: API_KEY,
        AFFLUENT_RATE_LIMITS: 'off',
        AFFLUENT_DEMO: 'off',
        ...env,
      },
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-OUTPUT_BYTES_MAX)
      })
    }
    this.ended = once(this.#child, 'exit').then(([code, signal]) => {
      this.#end = { code, signal }
      return this.#end
    })
  }

  /** The last lines that it wrote. */
  get output(): string {
    return this.#output
  }

  get hasEnded(): boolean {
    return this.#end !== undefined
  }

  get cluster(): string {
    return join(this.options.dataDir, 'postgres', 'cluster')
  }

  /**
   * Waits until it takes events.
   * @returns milliseconds since it was started
   * @throws with its last lines when it ends or takes longer than `ms`
   */
  async ready(ms = 60_000): Promise<number> {
    while (!(await this.isReady())) {
      if (this.hasEnded) throw new Error(`The server ended instead of starting:\n${this.lastLines()}`)
      if (performance.now() - this.startedAt > ms)
        throw new Error(`The server is not ready after ${ms} ms:\n${this.lastLines()}`)
      await pause(READY_POLL_MS)
    }
    return performance.now() - this.startedAt
  }

  async isReady(): Promise<boolean> {
    const answer = await this.get('/readyz', 2_000).catch(() => undefined)
    return answer?.status === 200
  }

  /** A read with the API key. */
  get(path: string, timeoutMs = 30_000) {
    const headers = { authorization: `Bearer ${API_KEY}` }
    return httpCall({ port: this.options.port, path, headers, timeoutMs })
  }

  /**
   * Changes something with the API key.
   * @returns the answer's JSON
   * @throws when it is refused
   */
  async change<Answer>(method: 'POST' | 'PUT', path: string, body: unknown): Promise<Answer> {
    const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' }
    const call = { port: this.options.port, method, path, headers, body: JSON.stringify(body) }
    const answer = await httpCall({ ...call, timeoutMs: 30_000 })
    if (answer.status < 200 || answer.status > 299)
      throw new Error(`${method} ${path} was answered with ${answer.status}: ${answer.body.slice(0, 300)}`)
    return JSON.parse(answer.body) as Answer
  }

  async processes(): Promise<ServerProcesses> {
    const { under, program } = this.options
    const family = this.#child.pid === undefined ? [] : familyOf(this.#child.pid, await listProcesses())
    const ours = family.find(
      (entry) => entry.command.includes(`${program} `) && !entry.command.startsWith(`${under?.[0]} `),
    )
    const cluster = await realpath(this.cluster).catch(() => this.cluster)
    const postmaster = (await findRunning(cluster))?.pid
    const backends = (await sessionsOf(cluster)).filter((pid) => pid !== postmaster)
    const clickhouse = family.find((entry) => /clickhouse\/child\.js/.test(entry.command))?.pid
    const below = family
      .map((entry) => entry.pid)
      .filter((pid) => under === undefined || pid !== this.#child.pid)
    const all = new Set([...below, ...backends, ...(postmaster === undefined ? [] : [postmaster])])
    return { ours: ours?.pid, postmaster, backends, clickhouse, all: [...all] }
  }

  /** kill -9 of everything, until nothing is left. */
  async killTree(): Promise<void> {
    for (;;) {
      const { all } = await this.processes()
      const living = await livingOf(all)
      if (living.length === 0) break
      for (const pid of living) killNow(pid)
      await pause(GONE_POLL_MS)
    }
    await this.ended
  }

  /** SIGTERM to ours. */
  async stop(): Promise<Ended & { readonly ms: number }> {
    const began = performance.now()
    const { ours } = await this.processes()
    if (ours !== undefined) process.kill(ours, 'SIGTERM')
    const ended = await this.ended
    return { ...ended, ms: performance.now() - began }
  }

  lastLines(lines = 12): string {
    return this.#output.trimEnd().split('\n').slice(-lines).join('\n')
  }
}

/** Those that still run; one that ended and waits for its parent does not. */
export async function livingOf(pids: readonly number[]): Promise<number[]> {
  const living: number[] = []
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    const state = stat.slice(stat.lastIndexOf(')') + 2)[0]
    if (state !== undefined && !'ZX'.includes(state)) living.push(pid)
  }
  return living
}

/** A port of this machine that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('No port is free.')
  return address.port
}
