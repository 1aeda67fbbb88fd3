import type { FileCall } from './read-strace.ts'

export const WAL_PAGE_BYTES = 8_192

interface Page {
  /** number of the last write that touched it */
  written: number
  everSynced: boolean
  dirty: boolean
}

/**
 * Pages of PostgreSQL's write-ahead log that no finished sync covers. PostgreSQL writes its last page again and again
 * as it fills; what an earlier, synced state of a page held is not known here, so such a page is left as it was written
 * last, which a power cut may leave too.
 */
export class WalModel {
  readonly #folder: string
  readonly #files = new Map<string, Map<number, Page>>()
  readonly #syncs = new Map<string, { path: string; writes: number }>()
  #writes = 0

  /**
   * @param folder `pg_wal`
   * @param inUse pages that held log when the trace began, by file
   */
  constructor(folder: string, inUse: ReadonlyMap<string, ReadonlySet<number>>) {
    this.#folder = `${folder}/`
    for (const [path, pages] of inUse) {
      const kept = [...pages].map((page): [number, Page] => [
        page,
        { written: 0, everSynced: true, dirty: false },
      ])
      this.#files.set(path, new Map(kept))
    }
  }

  apply(call: FileCall): void {
    if (call.kind === 'write' && call.at !== undefined && call.path.startsWith(this.#folder)) {
      this.#write(call.path, call.at, call.bytes)
    } else if (call.kind === 'sync') {
      this.#syncs.set(call.by, { path: call.path, writes: this.#writes })
    } else if (call.kind === 'synced') {
      this.#endSync(call.by)
    }
  }

  /** Pages never synced, by file: after a power cut they may be missing. */
  unsynced(): Map<string, number[]> {
    const result = new Map<string, number[]>()
    for (const [path, pages] of this.#files) {
      const lost = [...pages].filter(([, page]) => page.dirty && !page.everSynced).map(([number]) => number)
      if (lost.length > 0)
        result.set(
          path,
          lost.sort((a, b) => a - b),
        )
    }
    return result
  }

  #write(path: string, at: number, bytes: number): void {
    this.#writes++
    let pages = this.#files.get(path)
    if (pages === undefined) this.#files.set(path, (pages = new Map()))
    const last = Math.floor((at + bytes - 1) / WAL_PAGE_BYTES)
    for (let number = Math.floor(at / WAL_PAGE_BYTES); number <= last; number++) {
      const page = pages.get(number)
      if (page === undefined) pages.set(number, { written: this.#writes, everSynced: false, dirty: true })
      else {
        page.written = this.#writes
        page.dirty = true
      }
    }
  }

  #endSync(by: string): void {
    const sync = this.#syncs.get(by)
    this.#syncs.delete(by)
    if (sync === undefined) return
    for (const page of this.#files.get(sync.path)?.values() ?? []) {
      if (!page.dirty || page.written > sync.writes) continue
      page.dirty = false
      page.everSynced = true
    }
  }
}
