import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { PipelineAnswer } from '@affluent/protocol/endpoints/pipeline'
import { httpCall } from '../faults/http-call.ts'
import { ApiClient } from './api/api-client.ts'
import type { LoadTarget } from './load/load-plan.ts'

const WRITE_KEY = 'benchwritekey'
/** Who signs in to the console of a server under test. */
export const OWNER = { email: 'owner@example.com', password: 'a password of the bench' }
const API_KEY = 'benchapikey'
const POLL_MS = 250
const START_MS_MAX = 120_000
const STOP_MS_MAX = 15_000
// so long without a step forward, and the walk hangs
const STALL_MS_MAX = 60_000
const QUERY_MS_MAX = 120_000

export interface ServerOptions {
  /** where its data directory is made */
  readonly folder: string
  /** leave the data directory behind */
  readonly keep: boolean
  /** node's arguments before the program */
  readonly nodeArgs: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** The built server, on a data directory of its own and a free port, without rate limits. */
export class ServerUnderTest {
  readonly target: LoadTarget
  readonly api: ApiClient
  readonly dataDir: string
  readonly #child: ChildProcess
  readonly #keep: boolean

  private constructor(child: ChildProcess, dataDir: string, port: number, keep: boolean) {
    this.#child = child
    this.dataDir = dataDir
    this.target = { port, writeKey: WRITE_KEY, apiKey: API_KEY }
    this.api = new ApiClient(this.target)
    this.#keep = keep
  }

  /**
   * Starts it and waits until it serves.
   * @throws Error with its last words when it does not start
   */
  static async start({ folder, keep, nodeArgs, env }: ServerOptions): Promise<ServerUnderTest> {
    await mkdir(folder, { recursive: true })
    const dataDir = await mkdtemp(join(folder, 'affluent-bench-'))
    const program = fileURLToPath(import.meta.resolve('@affluent/server/main'))
    const child = spawn(process.execPath, [...argsOfServe(), ...nodeArgs, program], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'] ?? '',
        PORT: '0',
        AFFLUENT_DATA_DIR: dataDir,
        AFFLUENT_DEMO: 'off',
        AFFLUENT_LOG_LEVEL: 'warn',
        AFFLUENT_RATE_LIMITS: 'off',
        // webhooks of this machine
        AFFLUENT_ALLOWED_PRIVATE_NETWORKS: '127.0.0.0/8',
        AFFLUENT_WRITE_KEY: WRITE_KEY,
        AFFLUENT_OWNER_EMAIL: OWNER.email,
        AFFLUENT_OWNER_PASSWORD: OWNER.password,
        AFFLUENT_API_KEY: API_KEY,
        ...env,
      },
    })
    try {
      return new ServerUnderTest(child, dataDir, await portOf(child, dataDir), keep)
    } catch (error) {
      child.kill('SIGKILL')
      if (!keep) await removeData(dataDir)
      throw error
    }
  }

  get pid(): number {
    return this.#child.pid as number
  }

  /** Sends it a signal, as one that its preloaded code waits for. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** The running counts. */
  pipeline(): Promise<PipelineAnswer> {
    return this.api.get<PipelineAnswer>('/v1/pipeline')
  }

  /**
   * Reads the counts four times a second until everything accepted is loaded.
   * @param see told each reading
   * @throws Error when nothing has moved for a minute
   */
  async drained(see: (counts: PipelineAnswer) => void = () => {}): Promise<PipelineAnswer> {
    let seen = -1
    let movedAt = performance.now()
    for (;;) {
      const counts = await this.pipeline()
      see(counts)
      if (counts.loaded === counts.accepted) return counts
      if (counts.loaded !== seen) {
        seen = counts.loaded
        movedAt = performance.now()
      } else if (performance.now() - movedAt > STALL_MS_MAX) {
        throw new Error(`The walk stands still: ${JSON.stringify(counts)}; see ${this.dataDir}/server.log.`)
      }
      await pause(POLL_MS)
    }
  }

  /** Bytes of its caches, as it tells Prometheus; 0 when it does not. */
  async cacheBytes(): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${this.target.port}/metrics`)
    const line = /^affluent_process_memory_bytes\{[^}]*kind="cache"[^}]*\} (\S+)/m.exec(await answer.text())
    return Number(line?.[1] ?? 0)
  }

  /** Where the files of its databases are. */
  async folders(): Promise<{ postgres: string; clickhouse: string }> {
    return { postgres: await postgresFolderOf(this.dataDir), clickhouse: join(this.dataDir, 'clickhouse') }
  }

  /**
   * Asks the embedded ClickHouse, past the server.
   * @returns the answer as text
   */
  async askClickhouse(query: string): Promise<string> {
    const folder = await readFile(join(this.dataDir, 'clickhouse', 'socket-folder'), 'utf8')
    const socketPath = join(folder.trim(), 's')
    const asked = { socketPath, method: 'POST', path: '/', body: query, timeoutMs: QUERY_MS_MAX }
    const { status, body } = await httpCall(asked)
    if (status !== 200) throw new Error(`ClickHouse refuses: ${body.slice(0, 300)}`)
    return body
  }

  /** Its log so far: warnings and errors, a line each. */
  async logLines(): Promise<string[]> {
    const text = await readFile(join(this.dataDir, 'server.log'), 'utf8').catch(() => '')
    return text.split('\n').filter((line) => /"level":\s*"?(warn|error|40|50)/.test(line))
  }

  /** Stops it and removes its data. */
  async stop(): Promise<void> {
    const { exitCode, signalCode } = this.#child
    if (exitCode === null && signalCode === null) {
      const gone = once(this.#child, 'exit')
      this.#child.kill('SIGTERM')
      const killer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS_MAX)
      await gone
      clearTimeout(killer)
    }
    if (!this.#keep) await removeData(this.dataDir)
  }
}

async function portOf(child: ChildProcess, dataDir: string): Promise<number> {
  const { stdout, stderr } = child
  if (stdout === null || stderr === null) throw new Error('The server has no output.')
  const said: string[] = []
  const log = createWriteStream(join(dataDir, 'server.log'))
  stderr.on('data', (chunk: Buffer) => log.write(chunk))
  const lines = createInterface({ input: stdout })
  const port = await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The server does not start.')), START_MS_MAX)
    lines.on('line', (line) => {
      log.write(`${line}\n`)
      if (said.length < 100) said.push(line)
      const found = /Affluent runs on http:\/\/[^\s]+:(\d+)/.exec(line)
      if (found === null) return
      clearTimeout(timer)
      resolve(Number(found[1]))
    })
    child.once('exit', () => {
      clearTimeout(timer)
      reject(new Error(`The server did not start:\n${said.join('\n')}`))
    })
  })
  return port
}

async function removeData(dataDir: string): Promise<void> {
  await rm(await postgresFolderOf(dataDir), { recursive: true, force: true })
  await rm(dataDir, { recursive: true, force: true })
}

/** PostgreSQL's files may lie elsewhere, when its account cannot enter the folder: `postgres.json` says where. */
async function postgresFolderOf(dataDir: string): Promise<string> {
  const pointer = await readFile(join(dataDir, 'postgres.json'), 'utf8').catch(() => undefined)
  if (pointer === undefined) return join(dataDir, 'postgres')
  const { folder } = JSON.parse(pointer) as { folder: string }
  return folder
}

/** What `npm run serve` gives Node before the program. */
function argsOfServe(): string[] {
  const { scripts } = JSON.parse(
    readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8'),
  ) as {
    scripts: { serve: string }
  }
  return scripts.serve.split(' ').filter((word) => word.startsWith('--'))
}
