import { createReadStream } from 'node:fs'
import { open, readdir, rename, rm, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DiskModel } from './disk-model.ts'
import { StraceReader } from './read-strace.ts'
import type { SeededRandom } from './seeded-random.ts'
import { WAL_PAGE_BYTES, WalModel } from './wal-model.ts'

/**
 * How a power cut treats what was not synced: all of it is gone, or chance decides for each piece, as when the kernel
 * had written some of it already.
 */
export type CutKind = 'all' | 'some'

/** What a power cut took. */
export interface CutLoss {
  readonly walPages: number
  readonly files: number
  readonly fileBytes: number
  readonly names: number
}

/** What was on disk before a traced run, all of it durable. */
export interface DiskBefore {
  readonly clickhouse: string
  readonly sizes: ReadonlyMap<string, number>
  readonly wal: string
  readonly walPages: ReadonlyMap<string, ReadonlySet<number>>
}

const SEGMENT_BYTES = 16 * 1024 * 1024
const WAL_SEGMENT = /^[0-9A-F]{24}$/

/** Notes what the engines' files are before a traced run, while nothing runs. */
export async function readDisk(dataDir: string): Promise<DiskBefore> {
  const clickhouse = join(dataDir, 'clickhouse', 'store')
  const sizes = new Map<string, number>()
  for (const entry of await readdir(clickhouse, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile()) sizes.set(path, (await stat(path)).size)
  }
  const wal = join(dataDir, 'postgres', 'cluster', 'pg_wal')
  const walPages = new Map<string, ReadonlySet<number>>()
  for (const name of await readdir(wal)) {
    if (WAL_SEGMENT.test(name)) walPages.set(join(wal, name), await pagesInUse(join(wal, name), name))
  }
  return { clickhouse, sizes, wal, walPages }
}

/**
 * Pages that carry the address at which they stand: a segment that is used again still has the pages of its former
 * life.
 */
async function pagesInUse(path: string, name: string): Promise<ReadonlySet<number>> {
  const start =
    Number.parseInt(name.slice(8, 16), 16) * 2 ** 32 + Number.parseInt(name.slice(16), 16) * SEGMENT_BYTES
  const pages = new Set<number>()
  const file = await open(path)
  try {
    const bytes = await file.readFile()
    for (let page = 0; (page + 1) * WAL_PAGE_BYTES <= bytes.length; page++) {
      const address = Number(bytes.readBigUInt64LE(page * WAL_PAGE_BYTES + 8))
      if (address === start + page * WAL_PAGE_BYTES) pages.add(page)
    }
  } finally {
    await file.close()
  }
  return pages
}

/**
 * Takes back what a traced run wrote and did not sync, after everything was killed.
 * @param trace what strace wrote
 */
export async function cutPower(
  before: DiskBefore,
  trace: string,
  kind: CutKind,
  random: SeededRandom,
): Promise<CutLoss> {
  const disk = new DiskModel(before.clickhouse, before.sizes)
  const wal = new WalModel(before.wal, before.walPages)
  const reader = new StraceReader()
  for await (const line of createInterface({ input: createReadStream(trace) })) {
    for (const call of reader.read(line)) {
      disk.apply(call)
      wal.apply(call)
    }
  }
  for (const call of reader.finish()) disk.apply(call)
  const goes = () => kind === 'all' || random.chance(0.5)
  const walPages = await zeroPages(wal.unsynced(), goes)
  const { names, tails } = disk.takeBack()
  let files = 0
  let fileBytes = 0
  for (const [path, synced] of tails) {
    if (!goes()) continue
    fileBytes += await cutTail(path, synced)
    files++
  }
  const keep = kind === 'all' ? 0 : random.between(0, names.length)
  const undone = names.slice(0, names.length - keep)
  for (const change of undone) {
    if (change.kind === 'rename') await rename(change.to, change.from).catch(ignoreMissing)
    else await rm(change.path, { recursive: true, force: true })
  }
  return { walPages, files, fileBytes, names: undone.length }
}

async function zeroPages(
  files: ReadonlyMap<string, readonly number[]>,
  goes: () => boolean,
): Promise<number> {
  let zeroed = 0
  for (const [path, pages] of files) {
    const file = await open(path, 'r+').catch(ignoreMissing)
    if (file === undefined) continue
    for (const page of pages) {
      if (!goes()) continue
      await file.write(Buffer.alloc(WAL_PAGE_BYTES), 0, WAL_PAGE_BYTES, page * WAL_PAGE_BYTES)
      zeroed++
    }
    await file.close()
  }
  return zeroed
}

async function cutTail(path: string, length: number): Promise<number> {
  const found = await stat(path).catch(ignoreMissing)
  if (found === undefined || !found.isFile() || found.size <= length) return 0
  await truncate(path, length)
  return found.size - length
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
