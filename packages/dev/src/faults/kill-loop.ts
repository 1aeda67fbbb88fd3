import { setTimeout as pause } from 'node:timers/promises'
import { AIMS, type Aim, aimAtLoad } from './aim.ts'
import { checkAtRest, readSome } from './check-at-rest.ts'
import { describeTimes, type FaultResult, type FaultRun } from './fault-run.ts'
import { killPostgres } from './kill-postgres.ts'
import { LoadHistory } from './load-history.ts'
import { killNow } from './process-list.ts'
import { freePort, ServerUnderTest, WRITE_KEY } from './server-under-test.ts'
import { Workload } from './workload.ts'

/** Who is killed, by turns. */
const VICTIMS = ['tree', 'ours', 'postgres', 'clickhouse'] as const
type Victim = (typeof VICTIMS)[number]

const LOAD_MS_MAX = 1_500
const START_MS_MAX = 1_200
const CHECK_EVERY = 25
const AIM_MS_MAX = 3_000
const AIMED_SHARE = 0.35
const TAKING_MS_MAX = 60_000
const POLL_MS = 10

/**
 * kill -9 at random moments under load, of the whole tree, ours alone, PostgreSQL alone, ClickHouse alone, by turns;
 * clients repeat until they are answered. One kill of a tree in five comes while the server is still starting; a third
 * is aimed at the moment in which ClickHouse takes a block.
 * @param options.checkEvery kills after which all is brought to rest and checked
 */
export async function killLoop(
  run: FaultRun,
  kills: number,
  options: { readonly checkEvery?: number; readonly victims?: readonly Victim[] } = {},
): Promise<FaultResult> {
  const loop = new KillLoop(run, await freePort(), options.victims ?? VICTIMS)
  try {
    return await loop.run(kills, options.checkEvery ?? CHECK_EVERY)
  } finally {
    await loop.end()
  }
}

class KillLoop {
  readonly #run: FaultRun
  readonly #port: number
  readonly #victims: readonly Victim[]
  readonly #history = new LoadHistory()
  readonly #load: Workload
  readonly #times = new Map<Victim, number[]>(VICTIMS.map((victim) => [victim, []]))
  #aims = 0
  #server: ServerUnderTest

  constructor(run: FaultRun, port: number, victims: readonly Victim[]) {
    this.#run = run
    this.#port = port
    this.#victims = victims
    this.#load = new Workload({
      ports: () => [port],
      writeKey: WRITE_KEY,
      history: this.#history,
      random: run.random.fork(),
      workers: 6,
      pauseMs: 25,
    })
    this.#server = this.#start()
    run.onEnd(() => this.#server.killTree())
  }

  async run(kills: number, checkEvery: number): Promise<FaultResult> {
    const { say, random } = this.#run
    await this.#server.ready()
    this.#load.start()
    let turn: Victim[] = []
    let faults: readonly string[] = []
    let killed = 0
    while (killed < kills && faults.length === 0) {
      if (turn.length === 0) turn = random.shuffle(this.#victims)
      const victim = turn.pop() as Victim
      await pause(random.between(20, LOAD_MS_MAX))
      const how = await this.#kill(victim)
      killed++
      const ms = await this.#waitUntilTaking(victim)
      faults = await this.#checkAccepted()
      await this.#readSomebody()
      say(
        `kill ${killed}/${kills}: ${how}; taking again after ${Math.round(ms)} ms; ${this.#history.acknowledged.size} events`,
      )
      if (faults.length === 0 && (killed % checkEvery === 0 || killed === kills))
        faults = await this.#check(killed < kills)
    }
    return { faults, figures: this.#figures(killed) }
  }

  async end(): Promise<void> {
    await this.#load.abandon()
    await this.#server.killTree()
  }

  #start(): ServerUnderTest {
    const { program, folder } = this.#run
    return new ServerUnderTest({ program, dataDir: `${folder}/data`, port: this.#port })
  }

  async #kill(victim: Victim): Promise<string> {
    const { random } = this.#run
    const aimed = victim !== 'postgres' && random.chance(AIMED_SHARE) ? await this.#aim(victim) : ''
    if (victim === 'tree') {
      await this.#server.killTree()
      if (!random.chance(0.2)) return this.#restart(`the tree${aimed}`)
      const after = random.between(1, START_MS_MAX)
      this.#server = this.#start()
      await pause(after)
      await this.#server.killTree()
      return this.#restart(`the tree, and again ${after} ms into the start`)
    }
    const processes = await this.#server.processes()
    const { ours, clickhouse } = processes
    if (victim === 'ours') {
      if (ours !== undefined) killNow(ours)
      await this.#server.ended
      return this.#restart(`ours alone${aimed}`)
    }
    if (victim === 'clickhouse') {
      if (clickhouse !== undefined && aimed === '') killNow(clickhouse)
      return `ClickHouse alone${aimed}`
    }
    return killPostgres(random.pick(['postmaster', 'all', 'backend']), processes, random.next())
  }

  /** Kills the victim, or the first of the tree, in the middle of a load. Nothing when no load comes. */
  async #aim(victim: Victim): Promise<string> {
    const { ours, clickhouse } = await this.#server.processes()
    const pid = victim === 'clickhouse' ? clickhouse : ours
    if (pid === undefined) return ''
    const aim = AIMS[this.#aims++ % AIMS.length] as Aim
    const hit = await aimAtLoad(this.#server.options.dataDir, aim, AIM_MS_MAX, () => killNow(pid))
    return hit ? `, aimed at a ${aim}` : ''
  }

  #restart(how: string): string {
    this.#server = this.#start()
    return how
  }

  /**
   * Until a request that began after the kill was answered with 200; after ClickHouse's, until the server calls itself
   * ready.
   */
  async #waitUntilTaking(victim: Victim): Promise<number> {
    const began = performance.now()
    const deadline = began + TAKING_MS_MAX
    const isTaking = async () =>
      victim === 'clickhouse' ? this.#server.isReady() : this.#history.lastAnsweredStart > began
    while (!(await isTaking()) || !(await this.#server.isReady())) {
      if (this.#server.hasEnded) throw new Error(`The server ended by itself:\n${this.#server.lastLines()}`)
      if (performance.now() > deadline)
        throw new Error(
          `Nothing is taken ${TAKING_MS_MAX / 1000} s after the kill:\n${this.#server.lastLines()}`,
        )
      await pause(POLL_MS)
    }
    const ms = performance.now() - began
    this.#times.get(victim)?.push(ms)
    return ms
  }

  /** What was answered before the kill must be counted as accepted after it, at once. */
  async #checkAccepted(): Promise<string[]> {
    const answered = this.#history.answeredEvents
    const { status, body } = await this.#server.get('/v1/pipeline')
    if (status !== 200) return []
    const { accepted } = JSON.parse(body) as { accepted: number }
    return accepted >= answered
      ? []
      : [`${answered} events were answered with 200, ${accepted} are in the log`]
  }

  async #readSomebody(): Promise<void> {
    const { random } = this.#run
    const people = [...this.#history.eventsOf.keys()]
    if (people.length > 0)
      await readSome(this.#server, this.#history, [random.pick(people), random.pick(people)])
  }

  async #check(goesOn: boolean): Promise<readonly string[]> {
    await this.#load.finish()
    const { faults, events, lost, doubled } = await checkAtRest(this.#server, this.#history)
    this.#run.say(
      `at rest: ${events} events, ${this.#history.people.size} people, ${lost} lost, ${doubled} twice`,
    )
    if (goesOn) this.#load.start()
    return faults
  }

  #figures(killed: number): string {
    const { acknowledged, people, tries, requests } = this.#history
    const times = [...this.#times].map(([victim, list]) => `${victim} ${describeTimes(list)}`).join('; ')
    return `${killed} kills, ${acknowledged.size} events of ${people.size} people, ${tries - requests} requests repeated; taking again: ${times}`
  }
}
