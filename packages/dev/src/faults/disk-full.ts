import { execFile } from 'node:child_process'
import { mkdir, open, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { DISK_FREE_BYTES_MIN } from '@affluent/protocol/limits'
import { checkAtRest } from './check-at-rest.ts'
import type { KeptVerdict } from './check-kept.ts'
import type { FaultResult, FaultRun } from './fault-run.ts'
import { httpCall } from './http-call.ts'
import { LoadHistory } from './load-history.ts'
import { NO_FLOOR } from './patches.ts'
import { copyServer } from './server-copy.ts'
import { freePort, ServerUnderTest, WRITE_KEY } from './server-under-test.ts'
import { Workload } from './workload.ts'

const MEBIBYTE = 1024 * 1024
const DISK_BYTES = 1_536 * MEBIBYTE
const LOAD_MS = 2_500
/** below the floor, and far above what the engines need to go on reading */
const LEFT_UNDER_FLOOR = DISK_FREE_BYTES_MIN - 64 * MEBIBYTE
const NOTICE_MS = 5_000
const RECOVERY_MS = 60_000
const POLL_MS = 50
const FULL_MS = 6_000

/**
 * Disk full (F07), on a small disk of its own. First below the floor: the collector answers 503 with Retry-After, reads
 * work, /readyz says why. Then without that floor, so that the engines themselves meet the end of the disk. Each time
 * space comes back, it must take events again by itself, with nothing acknowledged lost.
 */
export async function diskFull(run: FaultRun): Promise<FaultResult> {
  const disk = join(run.folder, 'disk')
  await mkdir(disk)
  const reason = await mountDisk(disk)
  if (reason !== undefined) return { faults: [], figures: '', skipped: reason }
  const withoutFloor = await copyServer([NO_FLOOR])
  run.onEnd(() => withoutFloor.remove())
  run.onEnd(() => promisify(execFile)('umount', ['-l', disk]).catch(() => {}))
  const port = await freePort()
  const loop = new DiskLoop(run, disk, port, withoutFloor.program)
  try {
    return await loop.run()
  } finally {
    await loop.end()
  }
}

async function mountDisk(folder: string): Promise<string | undefined> {
  try {
    await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'affluent-faults', folder])
    return undefined
  } catch (error) {
    return `a small disk cannot be mounted here: ${(error as Error).message.trim().split('\n').at(-1)}`
  }
}

class DiskLoop {
  readonly #run: FaultRun
  readonly #disk: string
  readonly #ballast: string
  readonly #history = new LoadHistory()
  readonly #load: Workload
  readonly #faults: string[] = []
  readonly #port: number
  #server: ServerUnderTest
  #program: string
  readonly #withoutFloor: string
  #restarts = 0
  #needsRestart = false

  constructor(run: FaultRun, disk: string, port: number, withoutFloor: string) {
    this.#program = run.program
    this.#withoutFloor = withoutFloor
    this.#run = run
    this.#disk = disk
    this.#port = port
    this.#ballast = join(disk, 'ballast')
    this.#load = new Workload({
      ports: () => [port],
      writeKey: WRITE_KEY,
      history: this.#history,
      random: run.random.fork(),
      workers: 4,
      pauseMs: 30,
    })
    this.#server = this.#start()
    run.onEnd(() => this.#server.killTree())
  }

  async run(): Promise<FaultResult> {
    await this.#server.ready()
    this.#load.start()
    await pause(LOAD_MS)
    const floorMs = await this.#belowFloor()
    const fullMs = await this.#withoutSpace()
    await this.#load.finish()
    const verdict = await this.#check()
    this.#faults.push(...verdict.faults)
    const rejections = [...this.#history.rejections]
      .map(([what, count]) => `${what} ${count} times`)
      .join(', ')
    const figures = `${verdict.events} events, ${verdict.lost} lost, ${verdict.doubled} twice; taking again ${floorMs} ms after the floor, ${fullMs} ms after no space at all (${this.#restarts} restarts of ours${this.#needsRestart ? ', ClickHouse not readable until a restart' : ''}); clients met: ${rejections}`
    return { faults: this.#faults, figures }
  }

  async end(): Promise<void> {
    await this.#load.abandon()
    await this.#server.killTree()
  }

  #start(): ServerUnderTest {
    return new ServerUnderTest({
      program: this.#program,
      dataDir: join(this.#disk, 'data'),
      port: this.#port,
    })
  }

  async #belowFloor(): Promise<number> {
    await this.#fill(LEFT_UNDER_FLOOR)
    await this.#until('the collector refuses', NOTICE_MS, async () => (await this.#collect())?.status === 503)
    const answer = await this.#collect()
    const expect = (isRight: boolean, what: string) => {
      if (!isRight) this.#faults.push(`below the floor of free disk: ${what}`)
    }
    expect(
      answer?.status === 503 && answer.body.includes('storage_unavailable'),
      `the collector answers ${answer?.status} ${answer?.body}`,
    )
    expect(Number(answer?.headers['retry-after']) > 0, 'no Retry-After')
    const ready = await this.#server.get('/readyz')
    expect(ready.status === 503 && /disk/i.test(ready.body), `/readyz answers ${ready.status} ${ready.body}`)
    expect((await this.#server.get('/healthz')).status === 200, '/healthz is not 200')
    expect((await this.#server.get('/v1/pipeline')).status === 200, '/v1/pipeline cannot be read')
    const [somebody = ''] = this.#history.eventsOf.keys()
    expect(
      (await this.#server.get(`/v1/profiles/user_id:${somebody}`)).status === 200,
      'a profile cannot be read',
    )
    const events = await this.#server.get(`/v1/profiles/user_id:${somebody}/events`)
    expect(events.status === 200, `the events of a profile cannot be read: ${events.status} ${events.body}`)
    this.#run.say('below the floor: refused, said, and readable')
    return this.#freeAndRecover()
  }

  /** A server that does not look at the free disk, so that the engines themselves meet its end. */
  async #withoutSpace(): Promise<number> {
    await this.#server.stop()
    this.#program = this.#withoutFloor
    this.#server = this.#start()
    await this.#server.ready()
    await this.#fill(0)
    const before = this.#refused()
    await pause(FULL_MS)
    const refused = this.#refused() - before
    if (refused === 0) this.#faults.push('without space nothing was refused: the loop showed nothing')
    const { body } = await this.#server.get('/readyz', 5_000).catch(() => ({ body: 'no answer' }))
    this.#run.say(`no space at all: ${refused} requests refused; /readyz says ${body}`)
    if (this.#server.hasEnded) this.#run.say(`ours ended: ${this.#server.lastLines(2)}`)
    return this.#freeAndRecover()
  }

  /**
   * With no space at all chdb 3.4 once gave a merged part its name without its bytes, and could not be read. Then a
   * restart is tried: it should put that part aside and take those that it was made of. It is told; what counts is that
   * nothing is lost.
   */
  async #check(): Promise<KeptVerdict> {
    try {
      return await checkAtRest(this.#server, this.#history)
    } catch (error) {
      this.#needsRestart = true
      this.#run.say(`unreadable before a restart: ${(error as Error).message}`)
      await this.#server.stop()
      this.#server = this.#start()
      await this.#server.ready()
      return checkAtRest(this.#server, this.#history)
    }
  }

  #refused(): number {
    return [...this.#history.rejections.values()].reduce((sum, count) => sum + count, 0)
  }

  /** Ours may have ended for want of its engines: then it is started again, as a process manager does. */
  async #freeAndRecover(): Promise<number> {
    await rm(this.#ballast, { force: true })
    const began = performance.now()
    await this.#until('events are taken again', RECOVERY_MS, async () => {
      if (this.#server.hasEnded) {
        this.#restarts++
        this.#server = this.#start()
      }
      return this.#history.lastAnsweredStart > began
    })
    const ms = Math.round(performance.now() - began)
    this.#run.say(`space is back: taking again after ${ms} ms`)
    return ms
  }

  async #collect() {
    const key = Buffer.from(`${WRITE_KEY}:`).toString('base64')
    const headers = { authorization: `Basic ${key}`, 'content-type': 'application/json' }
    // an event that the collector refuses anyway, so that nothing is counted when there is room
    const body = '{"batch":[{"type":"track"}]}'
    const call = { port: this.#port, method: 'POST', path: '/v1/batch', headers, body, timeoutMs: 15_000 }
    return httpCall(call).catch(() => undefined)
  }

  async #until(what: string, ms: number, isTrue: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + ms
    while (!(await isTrue())) {
      if (performance.now() > deadline)
        throw new Error(`Not within ${ms} ms: ${what}.\n${this.#server.lastLines()}`)
      await pause(POLL_MS)
    }
  }

  async #fill(left: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.#disk)
    const file = await open(this.#ballast, 'w')
    const piece = Buffer.alloc(MEBIBYTE)
    try {
      for (let bytes = bavail * bsize - left; bytes > 0; bytes -= piece.length)
        await file.writeFile(piece.subarray(0, bytes))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    } finally {
      await file.close()
    }
  }
}
