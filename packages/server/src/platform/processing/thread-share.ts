/** Up to this lag collecting has its largest share of the thread, so that a burst is taken well. In milliseconds. */
const BURST_LAG_MS = 5_000
/** From this lag on collecting has its smallest share, in milliseconds. */
const FULL_LAG_MS = 20_000
const SHARE_MAX = 0.6
const SHARE_MIN = 0.15
/** What collecting may use before it has earned it, in milliseconds: a few batches go at once. */
const BURST_MS = 30
/** How often those that wait look again while the processor waits for something else, in milliseconds. */
const LOOK_MS = 5

/**
 * Shares the main thread between collecting and processing. Once the processor is behind, collecting may have a share
 * of what both use, and a smaller one the further behind it is; what nobody uses, it may have too. So a burst is taken
 * well, and a flood as fast as it can be processed for long.
 */
export class ThreadShare {
  readonly #lagMs: () => number
  readonly #idleMs: () => number
  #waiting: (() => void)[] = []
  #isInside = false
  readonly #behind = new Set<number>()
  #share: number | undefined
  /** how many milliseconds collecting may use */
  #credit = BURST_MS
  /** idle time of the thread that has been reckoned with */
  #idleBefore: number
  #looking: NodeJS.Timeout | undefined

  /**
   * @param lagMs age of the oldest event that waits for the processor, in milliseconds; 0 when it keeps up
   * @param idleMs how long the thread has had nothing to do since it began, in milliseconds
   */
  constructor(lagMs: () => number, idleMs: () => number = () => performance.eventLoopUtilization().idle) {
    this.#lagMs = lagMs
    this.#idleMs = idleMs
    this.#idleBefore = idleMs()
  }

  /** @param isBehind whether the processor of a workspace does not keep up */
  setBehind(workspace: number, isBehind: boolean): void {
    if (isBehind === this.#behind.has(workspace)) return
    if (isBehind) this.#behind.add(workspace)
    else this.#behind.delete(workspace)
    this.#reckonShare()
    this.#pump()
  }

  /** The processor has held the thread for a while: collecting has earned its part. */
  noteProcessing(ms: number): void {
    if (this.#behind.size === 0) return
    this.#reckonShare()
    if (this.#share !== undefined) this.#credit += (ms * this.#share) / (1 - this.#share)
    this.#pump()
  }

  /**
   * Waits until a request may be read and checked. Workspaces whose processor keeps up do not wait for the others, nor
   * use their part.
   * @param workspace undefined: not known yet
   * @returns whether it has entered: `leave` must follow then
   */
  enter(workspace: number | undefined): Promise<true> | boolean {
    if (this.#share === undefined && this.#waiting.length === 0) return false
    if (workspace !== undefined && !this.#behind.has(workspace)) return false
    if (!this.#isInside && this.#waiting.length === 0 && this.#mayEnter()) {
      this.#isInside = true
      return true
    }
    return new Promise((resolve) => {
      this.#waiting.push(() => resolve(true))
      this.#look()
    })
  }

  /** @param ms how long the request that had entered has held the thread */
  leave(ms: number): void {
    this.#isInside = false
    this.#spend(ms)
    this.#pump()
  }

  /** @param ms how long a request of a workspace has held the thread for what is neither reading nor checking */
  spend(workspace: number, ms: number): void {
    if (this.#behind.has(workspace)) this.#spend(ms)
  }

  #spend(ms: number): void {
    if (this.#share !== undefined) this.#credit -= ms
  }

  #reckonShare(): void {
    const part = (this.#lagMs() - BURST_LAG_MS) / (FULL_LAG_MS - BURST_LAG_MS)
    if (this.#share === undefined) {
      this.#credit = BURST_MS
      this.#idleBefore = this.#idleMs()
    }
    this.#share =
      this.#behind.size === 0
        ? undefined
        : SHARE_MAX + (SHARE_MIN - SHARE_MAX) * Math.min(1, Math.max(0, part))
  }

  #mayEnter(): boolean {
    const idle = this.#idleMs()
    this.#credit = Math.min(BURST_MS, this.#credit + idle - this.#idleBefore)
    this.#idleBefore = idle
    return this.#credit > 0
  }

  #pump(): void {
    while (this.#waiting.length > 0 && this.#share === undefined) this.#waiting.shift()?.()
    if (this.#waiting.length === 0 || this.#isInside || !this.#mayEnter()) return
    this.#isInside = true
    this.#waiting.shift()?.()
  }

  #look(): void {
    this.#looking ??= setTimeout(() => {
      this.#looking = undefined
      this.#pump()
      if (this.#waiting.length > 0) this.#look()
    }, LOOK_MS)
  }
}
