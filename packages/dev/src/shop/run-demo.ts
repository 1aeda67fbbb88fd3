import { setTimeout as pause } from 'node:timers/promises'
import { setUpDemo } from './demo-setup.ts'
import { keepShop } from './keep-shop.ts'
import type { ShopOptions } from './make-shop.ts'
import { CollectClient, isReady, SendingEnded } from './send/collect-client.ts'
import { type DemoFile, isSameDemo, readDemoFile } from './send/demo-file.ts'
import { DemoWatch } from './send/demo-watch.ts'
import { type Progress, ProgressFile } from './send/progress-file.ts'

const DEMO_MS_MAX = 300_000
const POLL_MS = 500
const SAVE_MS = 1_000

/**
 * The demo shop beside a server: waits for the file in which the server names the keys, sends the history, and lives on
 * until the server is gone or the demo is removed.
 * @returns exit code
 */
export async function runDemo(
  options: ShopOptions,
  how: {
    readonly file: string
    readonly speed: number
    readonly signal: AbortSignal
    readonly say: (line: string) => void
  },
): Promise<number> {
  const { file, speed, signal, say } = how
  say(`Demo shop: waits for ${file} and its server`)
  const demo = await awaitDemo(file, signal)
  if (demo === undefined) {
    if (!signal.aborted) say('Demo shop: there is no server with a demo.')
    return 0
  }
  const watch = await DemoWatch.start(file, demo, signal)
  const keeper = await DemoKeeper.open(file, demo, options)
  const client = new CollectClient(demo.url, () => watch.goesOn)
  try {
    say(`Demo shop: sends its history to ${demo.url}`)
    await keepShop(keeper.options, {
      ...{ client, keyOf: (source) => demo.sources[source], sent: keeper.sent, speed },
      goesOn: () => watch.goesOn,
      onSent: (sent) => keeper.note(sent),
      onHistory: async ({ records, ms }) => {
        say(`Demo shop: ${records.toLocaleString('en-US')} events in ${(ms / 1_000).toFixed(1)} s`)
        await keeper.setUp()
      },
    })
  } catch (error) {
    if (!(error instanceof SendingEnded)) throw error
    say(`Demo shop: ${error.message}`)
  } finally {
    await watch.stop()
    await keeper.close(watch.isRemoved)
  }
  return 0
}

/** The file may be there before its server is, or be left from an earlier one: it counts when its server answers. */
async function awaitDemo(file: string, signal: AbortSignal): Promise<DemoFile | undefined> {
  const end = performance.now() + DEMO_MS_MAX
  while (!signal.aborted && performance.now() < end) {
    const demo = await readDemoFile(file)
    if (demo !== undefined && (await isReady(demo.url))) return demo
    await pause(POLL_MS)
  }
  return undefined
}

/**
 * Keeps the progress on disk, a second behind at the most: what is sent again after a crash is a copy to the server.
 */
class DemoKeeper {
  readonly options: ShopOptions
  readonly #demo: DemoFile
  readonly #file: ProgressFile
  #progress: Progress
  #savedAt = 0

  private constructor(file: ProgressFile, demo: DemoFile, progress: Progress) {
    const { seed, people, days, endAt } = progress
    this.options = { seed, people, days, endAt }
    this.#demo = demo
    this.#file = file
    this.#progress = progress
  }

  static async open(path: string, demo: DemoFile, options: ShopOptions): Promise<DemoKeeper> {
    const file = new ProgressFile(path)
    const before = await file.read()
    const { seed, people, days } = options
    const isSame = before?.seed === seed && before.people === people && before.days === days
    if (isSame && isSameDemo(before.sources, demo.sources)) return new DemoKeeper(file, demo, before)
    const { endAt } = options
    const anew = { seed, people, days, endAt, sources: demo.sources, sent: 0, hasAudiences: false }
    return new DemoKeeper(file, demo, anew)
  }

  get sent(): number {
    return this.#progress.sent
  }

  async note(sent: number): Promise<void> {
    this.#progress = { ...this.#progress, sent }
    if (performance.now() - this.#savedAt > SAVE_MS) await this.#save()
  }

  /** Makes the audiences, once: whoever takes one away does not find it there again. */
  async setUp(): Promise<void> {
    const { apiKey, url } = this.#demo
    if (apiKey !== null && !this.#progress.hasAudiences) {
      await setUpDemo({ url, apiKey })
      this.#progress = { ...this.#progress, hasAudiences: true }
    }
    await this.#save()
  }

  async close(isRemoved: boolean): Promise<void> {
    if (isRemoved) return this.#file.remove()
    // the data directory may have gone with its server
    await this.#save().catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    })
  }

  async #save(): Promise<void> {
    this.#savedAt = performance.now()
    await this.#file.write(this.#progress)
  }
}
