import type { ShopRecord } from './shop-record.ts'

/** Records that are still to come, the earliest first; of one moment, the one that was put in first. */
export class RecordQueue {
  readonly #heap: Entry[] = []
  #turns = 0

  get size(): number {
    return this.#heap.length
  }

  push(record: ShopRecord): void {
    const heap = this.#heap
    const added = { record, turn: this.#turns++ }
    let at = heap.length
    heap.push(added)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent] as Entry
      if (!isBefore(added, above)) break
      heap[at] = above
      at = parent
    }
    heap[at] = added
  }

  /** Takes out what comes before a moment. */
  *before(end: number): Generator<ShopRecord> {
    for (let first = this.#heap[0]; first !== undefined && first.record.at < end; first = this.#heap[0]) {
      this.#removeFirst()
      yield first.record
    }
  }

  #removeFirst(): void {
    const heap = this.#heap
    const last = heap.pop() as Entry
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      const right = heap[child + 1]
      if (right !== undefined && isBefore(right, heap[child] as Entry)) child++
      if (!isBefore(heap[child] as Entry, last)) break
      heap[at] = heap[child] as Entry
      at = child
    }
    heap[at] = last
  }
}

interface Entry {
  readonly record: ShopRecord
  readonly turn: number
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.record.at < b.record.at || (a.record.at === b.record.at && a.turn < b.turn)
}
