import { cutLoop } from './cut-loop.ts'
import { deliveriesLoop } from './deliveries-loop.ts'
import type { FaultOptions } from './fault-options.ts'
import { type FaultResult, type FaultRun, makeFolder, removeFolder } from './fault-run.ts'
import { killLoop } from './kill-loop.ts'
import { type Patch, QUICK_PACE } from './patches.ts'
import { PLANTS, type Plant, type PlantName } from './plants.ts'
import { SeededRandom } from './seeded-random.ts'
import { copyServer } from './server-copy.ts'

const PLANT_KILLS_MAX = 120
const PLANT_CUTS_MAX = 20
const PLANT_CHECK_EVERY = 8
const PLANT_BAD_SECONDS = 6

const LOOPS_OF_PLANTS: Readonly<Record<Plant['foundBy'], (run: FaultRun) => Promise<FaultResult>>> = {
  kills: (run) =>
    killLoop(run, PLANT_KILLS_MAX, { checkEvery: PLANT_CHECK_EVERY, victims: ['tree', 'ours'] }),
  cuts: (run) => cutLoop(run, PLANT_CUTS_MAX),
  deliveries: (run) => deliveriesLoop(run, { badSeconds: PLANT_BAD_SECONDS, kills: 0 }),
}

/**
 * Runs loops one after the other, each on a fresh folder and a fresh copy of the server, counts how they end, and
 * clears away.
 */
export class FaultSession {
  passed = 0
  failed = 0
  readonly #options: FaultOptions
  readonly #random: SeededRandom
  #undo: (() => Promise<unknown> | unknown)[] = []
  #folder: string | undefined

  constructor(options: FaultOptions) {
    this.#options = options
    this.#random = new SeededRandom(options.seed)
  }

  /** @param patches what to change in the copy of the server that the loop is given */
  async run(
    title: string,
    patches: readonly Patch[],
    loop: (run: FaultRun) => Promise<FaultResult>,
  ): Promise<void> {
    const { result, seconds } = await this.#attempt(title, patches, loop)
    if (result.skipped !== undefined) {
      console.log(`SKIPPED  ${title}: ${result.skipped}`)
      return
    }
    const isPassed = result.faults.length === 0
    if (isPassed) this.passed++
    else this.failed++
    console.log(`${isPassed ? 'passed' : 'FAILED'}  ${title} (${seconds} s): ${result.figures}`)
    for (const fault of result.faults) console.log(`        ${fault}`)
  }

  /** Passes when the loop fails. */
  async runPlanted(plant: PlantName): Promise<void> {
    const { says, foundBy, patches } = PLANTS[plant]
    const all = foundBy === 'deliveries' ? [...patches, QUICK_PACE] : patches
    await this.run(`planted fault ${plant}`, all, async (run) => {
      run.say(says)
      const { faults, figures } = await LOOPS_OF_PLANTS[foundBy](run)
      for (const fault of faults) run.say(`found: ${fault}`)
      return { faults: faults.length > 0 ? [] : [`the planted fault was not found: ${says}`], figures }
    })
  }

  /** Ends what runs and clears away, when the run is interrupted. */
  async interrupt(): Promise<void> {
    await this.#clear()
    if (this.#folder !== undefined) await removeFolder(this.#folder)
  }

  async #clear(): Promise<void> {
    for (const undo of this.#undo.splice(0).reverse()) await undo()
  }

  async #attempt(
    title: string,
    patches: readonly Patch[],
    loop: (run: FaultRun) => Promise<FaultResult>,
  ): Promise<{ result: FaultResult; seconds: string }> {
    console.log(`\n== ${title}`)
    const began = performance.now()
    const secondsNow = () => ((performance.now() - began) / 1000).toFixed(1)
    const folder = await makeFolder()
    this.#folder = folder
    let result: FaultResult
    try {
      const copy = await copyServer(patches)
      this.#undo.push(() => copy.remove())
      result = await loop({
        random: this.#random.fork(),
        program: copy.program,
        folder,
        say: (line) => console.log(`   ${secondsNow().padStart(6)} s  ${line}`),
        onEnd: (undo) => this.#undo.push(undo),
      })
    } catch (error) {
      result = { faults: [(error as Error).stack ?? String(error)], figures: 'broke off' }
    }
    await this.#clear().catch((error: unknown) =>
      console.error('not everything could be cleared away', error),
    )
    if (result.faults.length > 0 && this.#options.keep) console.log(`   kept: ${folder}`)
    else await removeFolder(folder)
    return { result, seconds: secondsNow() }
  }
}
