import { statfs } from 'node:fs/promises'
import { DISK_FREE_BYTES_MIN } from '@affluent/protocol/limits'
import type { Log } from './log.ts'

const CHECK_MS = 1_000

/**
 * Knows whether the disk still has room: below the floor the collector answers 503 before PostgreSQL meets a full disk.
 */
export class DiskWatch {
  readonly #folder: string
  readonly #floor: number
  readonly #log: Log
  #free = Number.POSITIVE_INFINITY
  #timer: NodeJS.Timeout | undefined

  /** @param floor free bytes below which nothing more is taken */
  constructor(folder: string, log: Log, floor = DISK_FREE_BYTES_MIN) {
    this.#folder = folder
    this.#floor = floor
    this.#log = log
  }

  get isFull(): boolean {
    return this.#free < this.#floor
  }

  async start(): Promise<void> {
    await this.#check()
    this.#timer = setInterval(() => void this.#check(), CHECK_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #check(): Promise<void> {
    const wasFull = this.isFull
    try {
      const { bavail, bsize } = await statfs(this.#folder)
      this.#free = bavail * bsize
    } catch (error) {
      this.#log.error('disk_not_readable', { error })
      this.#free = 0
    }
    if (this.isFull && !wasFull) this.#log.error('disk_full', { free: this.#free, floor: this.#floor })
    if (!this.isFull && wasFull) this.#log.info('disk_has_room', { free: this.#free })
  }
}
