import type { FileCall } from './read-strace.ts'

/** What must be done to files so that only what was synced is left. */
export interface TakeBack {
  /** newest first */
  readonly names: readonly NameChange[]
  /** files with the bytes that are surely there: the rest may be missing */
  readonly tails: ReadonlyMap<string, number>
}

export type NameChange =
  | { readonly kind: 'create'; readonly path: string }
  | { readonly kind: 'mkdir'; readonly path: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }

interface FileNode {
  /** the last change of its own name */
  named: number
  /** the last change of a name in it, when it is a folder */
  within: number
  length: number
  synced: number
}

interface Sync {
  readonly node: FileNode
  readonly length: number
  readonly changes: number
}

/**
 * What of a folder would survive a power cut, by the rules of a file system that keeps the order of changes of names
 * (ext4, XFS, Btrfs): an fsync makes durable the bytes written before it, every change of the file's own name, for a
 * folder also those in it, and whatever was changed earlier. A removal cannot be taken back here, so it counts as
 * durable, with all before it. Files are written from front to back.
 */
export class DiskModel {
  readonly #folder: string
  readonly #nodes = new Map<string, FileNode>()
  readonly #changes: NameChange[] = []
  readonly #syncs = new Map<string, Sync | undefined>()
  /** changes of names that are surely durable */
  #durable = 0

  /**
   * @param folder what lies elsewhere is left alone
   * @param sizes of the files in it when the trace begins, all of them durable
   */
  constructor(folder: string, sizes: ReadonlyMap<string, number>) {
    this.#folder = `${folder}/`
    for (const [path, size] of sizes) this.#nodes.set(path, newNode(size))
  }

  apply(call: FileCall): void {
    switch (call.kind) {
      case 'create':
        return this.#create(call.path, call.truncates)
      case 'write':
        return this.#write(call.path, call.at, call.bytes)
      case 'truncate':
        return this.#truncate(call.path, call.size)
      case 'sync':
        this.#syncs.set(call.by, this.#beginSync(call.path))
        return
      case 'synced':
        return this.#endSync(call.by)
      case 'rename':
        return this.#rename(call.from, call.to)
      case 'link':
        return this.#create(call.to, false)
      case 'mkdir':
        return this.#make({ kind: 'mkdir', path: call.path })
      case 'remove':
        return this.#remove(call.path)
    }
  }

  /** What is not surely on disk now. */
  takeBack(): TakeBack {
    const tails = new Map<string, number>()
    for (const [path, { length, synced }] of this.#nodes) if (synced < length) tails.set(path, synced)
    return { names: this.#changes.slice(this.#durable).reverse(), tails }
  }

  #create(path: string, truncates: boolean): void {
    const known = this.#nodes.get(path)
    if (known === undefined) return this.#make({ kind: 'create', path })
    if (truncates) this.#truncate(path, 0)
  }

  #make(change: NameChange & { readonly path: string }): void {
    if (!this.#isInside(change.path)) return
    this.#changes.push(change)
    const node = newNode(0)
    node.named = this.#changes.length
    this.#nodes.set(change.path, node)
    this.#noteWithin(change.path)
  }

  #write(path: string, at: number | undefined, bytes: number): void {
    const node = this.#nodes.get(path)
    if (node === undefined) return
    const from = at ?? node.length
    node.length = Math.max(node.length, from + bytes)
    node.synced = Math.min(node.synced, from)
  }

  #truncate(path: string, size: number): void {
    const node = this.#nodes.get(path)
    if (node === undefined) return
    node.length = size
    node.synced = Math.min(node.synced, size)
  }

  #beginSync(path: string): Sync | undefined {
    if (!this.#isInside(path)) return undefined
    const node = this.#nodes.get(path) ?? this.#adopt(path)
    return { node, length: node.length, changes: Math.max(node.named, node.within) }
  }

  #endSync(by: string): void {
    const sync = this.#syncs.get(by)
    this.#syncs.delete(by)
    if (sync === undefined) return
    const { node, length, changes } = sync
    node.synced = Math.max(node.synced, Math.min(length, node.length))
    this.#durable = Math.max(this.#durable, changes)
  }

  #rename(from: string, to: string): void {
    if (!this.#isInside(from) || !this.#isInside(to)) return
    const replaces = this.#nodes.has(to)
    this.#changes.push({ kind: 'rename', from, to })
    // what it replaced is gone and cannot be brought back
    if (replaces) this.#durable = this.#changes.length
    const moved = this.#nodes.get(from) ?? newNode(0)
    moved.named = this.#changes.length
    for (const [path, node] of [...this.#nodes]) {
      if (!path.startsWith(`${from}/`)) continue
      this.#nodes.delete(path)
      this.#nodes.set(to + path.slice(from.length), node)
    }
    this.#nodes.delete(from)
    this.#nodes.set(to, moved)
    this.#noteWithin(from)
    this.#noteWithin(to)
  }

  #remove(path: string): void {
    if (!this.#nodes.delete(path)) return
    this.#durable = this.#changes.length
  }

  #noteWithin(path: string): void {
    const folder = path.slice(0, path.lastIndexOf('/'))
    if (!this.#isInside(folder)) return
    const node = this.#nodes.get(folder) ?? this.#adopt(folder)
    node.within = this.#changes.length
  }

  /** A folder that was there when the trace began. */
  #adopt(path: string): FileNode {
    const node = newNode(0)
    this.#nodes.set(path, node)
    return node
  }

  #isInside(path: string): boolean {
    return path.startsWith(this.#folder)
  }
}

function newNode(size: number): FileNode {
  return { named: 0, within: 0, length: size, synced: size }
}
