import { type ChildProcess, fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { ChildMessage, ParentMessage } from './child-message.ts'
import { childProgram } from './child-program.ts'
import { type Log, logChildOutput } from './clickhouse-log.ts'

const MAX_DEATHS = 5
const DEATHS_WINDOW_MS = 60_000
const FIRST_RETRY_MS = 50
const START_TIMEOUT_MS = 90_000
const STOP_TIMEOUT_MS = 2500
/** libuv's threads: a query holds one, as do file reads and KILL. */
const POOL_THREADS = '12'

/** Keeps one child alive: starts it again when it dies, until it dies too often. */
export class ChildKeeper {
  readonly exited: Promise<string>
  private readonly dataDir: string
  private readonly socketPath: string
  private readonly log: Log
  private readonly deaths: number[] = []
  private giveUp: (reason: string) => void = () => {}
  private child: ChildProcess | undefined
  private lastReason = ''
  private stopping = false
  private ready = false

  constructor(dataDir: string, socketPath: string, log: Log) {
    this.dataDir = dataDir
    this.socketPath = socketPath
    this.log = log
    this.exited = new Promise((resolve) => {
      this.giveUp = resolve
    })
  }

  get pid(): number | undefined {
    return this.child?.pid
  }

  /**
   * Starts the child and waits until it serves.
   * @throws Error when it cannot be started
   */
  async start(): Promise<void> {
    const ready = this.launch()
    const reason = await Promise.race([
      ready,
      this.exited,
      pause(START_TIMEOUT_MS, 'timeout', { ref: false }),
    ])
    if (reason === undefined) return
    await this.stop()
    throw new Error(
      reason === 'timeout' ? `ClickHouse did not start within ${START_TIMEOUT_MS / 1000} s` : String(reason),
    )
  }

  /** Lets running queries end, for at most 1.5 s, and waits until the child is gone. */
  async stop(): Promise<void> {
    this.stopping = true
    const child = this.child
    if (child === undefined) return
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.send({ kind: 'stop' } satisfies ParentMessage, () => {})
    await Promise.race([gone, pause(STOP_TIMEOUT_MS, undefined, { ref: false })])
    child.kill('SIGKILL')
    await gone
  }

  private launch(): Promise<void> {
    const child = fork(childProgram(), [this.dataDir, this.socketPath], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Nothing of our environment: it holds secrets that the child has no use for.
      env: { UV_THREADPOOL_SIZE: POOL_THREADS, TZ: 'UTC', LC_ALL: 'C.UTF-8' },
      execArgv: [],
    })
    this.child = child
    this.lastReason = ''
    for (const output of [child.stdout, child.stderr]) if (output !== null) this.follow(output)
    child.on('error', (error) => {
      this.lastReason = error.message
      if (child.pid === undefined) this.bury(child, 'could not be started')
    })
    child.once('exit', (code, signal) => this.bury(child, signal ?? `code ${code}`))
    return new Promise((resolve) => {
      child.on('message', (message: ChildMessage) => {
        if (this.hear(message)) resolve()
      })
    })
  }

  private follow(output: Readable): void {
    createInterface({ input: output }).on('line', (line) => logChildOutput(this.log, line))
  }

  private hear(message: ChildMessage): boolean {
    if (message.kind === 'failed') this.lastReason = message.reason
    if (message.kind !== 'ready') return false
    this.ready = true
    this.log({ level: 'info', msg: 'ClickHouse is ready', pid: this.pid, openedMs: message.openedMs })
    return true
  }

  private bury(child: ChildProcess, how: string): void {
    if (this.child !== child) return
    this.child = undefined
    if (this.stopping) return
    const reason = this.lastReason === '' ? how : this.lastReason
    this.log({ level: 'warn', msg: 'ClickHouse ended', reason })
    const now = performance.now()
    this.deaths.push(now)
    const recent = this.deaths.filter((at) => at > now - DEATHS_WINDOW_MS)
    this.deaths.splice(0, this.deaths.length, ...recent)
    if (!this.ready) {
      this.giveUp(`ClickHouse cannot start (${reason})`)
    } else if (recent.length >= MAX_DEATHS) {
      this.giveUp(`ClickHouse ended ${recent.length} times within a minute (last: ${reason})`)
    } else {
      setTimeout(() => this.relaunch(), FIRST_RETRY_MS * 2 ** recent.length)
    }
  }

  private relaunch(): void {
    if (!this.stopping) void this.launch()
  }
}
