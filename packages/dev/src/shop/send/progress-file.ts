import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { DemoFile } from './demo-file.ts'

/** How far the demo shop has come: all it needs to go on where it was after a restart. */
export interface Progress {
  /** write keys of the demo that it was sent to: another demo begins anew */
  readonly sources: DemoFile['sources']
  readonly seed: number
  readonly people: number
  readonly days: number
  /** milliseconds since the epoch; the shop's first day follows from it */
  readonly endAt: number
  /** records of the shop's own life that the server has taken */
  readonly sent: number
  readonly hasAudiences: boolean
}

/** The progress file beside a demo file. */
export class ProgressFile {
  readonly #path: string

  constructor(demoFile: string) {
    this.#path = join(dirname(demoFile), 'demo-progress.json')
  }

  /** @returns undefined when there is none that can be read */
  async read(): Promise<Progress | undefined> {
    try {
      return JSON.parse(await readFile(this.#path, 'utf8')) as Progress
    } catch {
      return undefined
    }
  }

  /** Replaces it whole, so that a crash leaves the old one or the new one. */
  async write(progress: Progress): Promise<void> {
    const next = `${this.#path}.${process.pid}`
    await writeFile(next, `${JSON.stringify(progress)}\n`)
    await rename(next, this.#path)
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true })
  }
}
