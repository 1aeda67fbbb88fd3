import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from './platform/database/connect.ts'
import { replaceApiKey } from './platform/workspace/key-store.ts'
import type { Registry } from './platform/workspace/registry.ts'

/**
 * `demo.json` in the data directory: where the demo shop sends its events, for the program that makes them up. It holds
 * write keys, which are public by nature, and an API key of the demo workspace, which is a new one at each start; only
 * its owner can read it. It is there while the demo workspace is.
 */
export class DemoFile {
  readonly #path: string
  readonly #registry: Registry
  readonly #database: Database
  #apiKey: string | undefined
  #url: string | undefined
  #isBegun = false
  #written: string | undefined
  #busy: Promise<void> = Promise.resolve()

  constructor(dataDir: string, registry: Registry, database: Database) {
    this.#database = database
    this.#path = join(dataDir, 'demo.json')
    this.#registry = registry
  }

  /**
   * Writes the file, also when it has not changed: who waits for this server sees by its time that it is up.
   * @param url of the server; undefined: no demo is wanted
   */
  async begin(url: string | undefined): Promise<void> {
    this.#url = url === undefined ? undefined : reachable(url)
    this.#isBegun = true
    await this.update()
  }

  /** Brings the file up to what the registry has. */
  update(): Promise<void> {
    this.#busy = this.#busy.catch(() => undefined).then(() => this.#write())
    return this.#busy
  }

  async #write(): Promise<void> {
    if (!this.#isBegun) return
    const text = await this.#describe()
    if (text === this.#written) return
    if (text === '') await rm(this.#path, { force: true })
    else {
      const draft = `${this.#path}.draft`
      await writeFile(draft, text, { mode: 0o600 })
      await rename(draft, this.#path)
    }
    this.#written = text
  }

  /** Empty: there is nothing to say. */
  async #describe(): Promise<string> {
    const demo = this.#registry.workspaces().find(({ isDemo }) => isDemo)
    if (demo === undefined || this.#url === undefined) return ''
    this.#apiKey ??= await replaceApiKey(this.#database, demo.id, 'demo shop')
    const keys = this.#registry
      .sourcesOf(demo.id)
      .map(({ id, slug }) => [slug, this.#registry.writeKeyOf(id)] as const)
    const sources = Object.fromEntries(keys.filter(([, key]) => key !== undefined))
    return `${JSON.stringify({ url: this.#url, apiKey: this.#apiKey, sources })}\n`
  }
}

/** Who listens on all addresses is reached on this machine's own. */
function reachable(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')
}
