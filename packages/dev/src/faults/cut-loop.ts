import { execFile } from 'node:child_process'
import { realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { AIMS, type Aim, aimAtLoad } from './aim.ts'
import { checkAtRest } from './check-at-rest.ts'
import { type CutKind, cutPower, readDisk } from './cut-power.ts'
import { describeTimes, type FaultResult, type FaultRun } from './fault-run.ts'
import { LoadHistory } from './load-history.ts'
import { killNow } from './process-list.ts'
import { TRACED } from './read-strace.ts'
import { freePort, ServerUnderTest, WRITE_KEY } from './server-under-test.ts'
import { Workload } from './workload.ts'

const LOAD_MS_MIN = 300
const LOAD_MS_MAX = 3_000
const CHECK_EVERY = 5
const AIM_MS_MAX = 4_000
const AIMED_SHARE = 0.5

/**
 * Power cuts at random moments under load: everything runs under strace; after a kill -9 of the whole tree, what no
 * finished sync covers is taken back, by turns all of it and a random part of it; then it is started again and must
 * have all that was acknowledged, once.
 */
export async function cutLoop(run: FaultRun, cuts: number): Promise<FaultResult> {
  const reason = await whyNoStrace()
  if (reason !== undefined) return { faults: [], figures: '', skipped: reason }
  const loop = new CutLoop(run, await realpath(run.folder), await freePort())
  try {
    return await loop.run(cuts)
  } finally {
    await loop.end()
  }
}

async function whyNoStrace(): Promise<string | undefined> {
  try {
    await promisify(execFile)('strace', ['-f', '-o', '/dev/null', 'true'])
    return undefined
  } catch (error) {
    return `strace does not work here: ${(error as Error).message.split('\n')[0]}`
  }
}

class CutLoop {
  readonly #run: FaultRun
  readonly #dataDir: string
  readonly #trace: string
  readonly #port: number
  readonly #history = new LoadHistory()
  readonly #load: Workload
  readonly #times: number[] = []
  readonly #taken = { walPages: 0, files: 0, fileBytes: 0, names: 0 }
  #aims = 0
  #server: ServerUnderTest | undefined

  constructor(run: FaultRun, folder: string, port: number) {
    this.#run = run
    this.#dataDir = join(folder, 'data')
    this.#trace = join(folder, 'trace')
    this.#port = port
    this.#load = new Workload({
      ports: () => [port],
      writeKey: WRITE_KEY,
      history: this.#history,
      random: run.random.fork(),
      workers: 4,
      pauseMs: 20,
    })
    run.onEnd(() => this.#server?.killTree())
  }

  async run(cuts: number): Promise<FaultResult> {
    const { random, say } = this.#run
    await this.#makeStores()
    this.#load.start()
    let faults: readonly string[] = []
    let cut = 0
    while (cut < cuts && faults.length === 0) {
      const kind: CutKind = cut % 2 === 0 ? 'all' : 'some'
      cut++
      const loss = await this.#cutOnce(kind)
      const server = this.#start(false)
      const ms = await server.ready()
      this.#times.push(ms)
      say(
        `cut ${cut}/${cuts}, ${kind} gone: ${loss}; ready after ${Math.round(ms)} ms; ${this.#history.acknowledged.size} events`,
      )
      faults = await this.#checkAccepted(server)
      await pause(random.between(50, 500))
      if (faults.length === 0 && (cut % CHECK_EVERY === 0 || cut === cuts))
        faults = await this.#check(server, cut < cuts)
      await server.stop()
    }
    return { faults, figures: this.#figures(cut) }
  }

  async end(): Promise<void> {
    await this.#load.abandon()
    await this.#server?.killTree()
  }

  /** The first start, not traced: what it makes is taken as durable. */
  async #makeStores(): Promise<void> {
    const server = this.#start(false)
    await server.ready()
    await server.stop()
  }

  #start(traced: boolean): ServerUnderTest {
    const strace = ['strace', '-f', '-y', '-qq', '-s', '0', '--seccomp-bpf', '-e', 'signal=none']
    const under = [...strace, '-e', `trace=${TRACED}`, '-o', this.#trace]
    this.#server = new ServerUnderTest({
      program: this.#run.program,
      dataDir: this.#dataDir,
      port: this.#port,
      ...(traced ? { under } : {}),
    })
    return this.#server
  }

  async #cutOnce(kind: CutKind): Promise<string> {
    const { random } = this.#run
    const before = await readDisk(this.#dataDir)
    const server = this.#start(true)
    await server.ready()
    await pause(random.between(LOAD_MS_MIN, LOAD_MS_MAX))
    const aimed = random.chance(AIMED_SHARE) ? await this.#aim(server) : ''
    await server.killTree()
    const loss = await cutPower(before, this.#trace, kind, random)
    await rm(this.#trace, { force: true })
    for (const part of ['walPages', 'files', 'fileBytes', 'names'] as const) this.#taken[part] += loss[part]
    return `${loss.walPages} pages of WAL, ${loss.names} names and ${loss.files} ends of files of ClickHouse${aimed}`
  }

  /** Stops ours and ClickHouse in the middle of a load, so that nothing goes on until the whole tree is killed. */
  async #aim(server: ServerUnderTest): Promise<string> {
    const { ours, clickhouse } = await server.processes()
    const aim = AIMS[this.#aims++ % AIMS.length] as Aim
    const pids = [clickhouse, ours].filter((pid) => pid !== undefined)
    const hit = await aimAtLoad(this.#dataDir, aim, AIM_MS_MAX, () => pids.forEach(killNow))
    return hit ? `, aimed at a ${aim}` : ''
  }

  async #checkAccepted(server: ServerUnderTest): Promise<string[]> {
    const answered = this.#history.answeredEvents
    const { body } = await server.get('/v1/pipeline')
    const { accepted } = JSON.parse(body) as { accepted: number }
    return accepted >= answered
      ? []
      : [`${answered} events were answered with 200, ${accepted} are in the log`]
  }

  async #check(server: ServerUnderTest, goesOn: boolean): Promise<readonly string[]> {
    await this.#load.finish()
    const { faults, events, lost, doubled } = await checkAtRest(server, this.#history)
    this.#run.say(
      `at rest: ${events} events, ${this.#history.people.size} people, ${lost} lost, ${doubled} twice`,
    )
    if (goesOn) this.#load.start()
    return faults
  }

  #figures(cuts: number): string {
    const { walPages, names, files, fileBytes } = this.#taken
    const { acknowledged, people } = this.#history
    return `${cuts} cuts, ${acknowledged.size} events of ${people.size} people; taken back: ${walPages} pages of WAL, ${names} names, ${files} ends of files (${fileBytes} bytes); ready: ${describeTimes(this.#times)}`
  }
}
