import { type FileHandle, mkdir, open, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { databaseError } from './database-error.ts'
import { INSERT_BYTES } from './engine-bounds.ts'

/** Few large writes: each one costs a trip through libuv's threads. */
const WRITE_BYTES = 1024 ** 2

/**
 * Keeps the rows of an insert in a file until the engine has read them. Rows inside the statement would end at the
 * first empty line, what follows would be run as SQL, and they cost twice the time (ADR 2). The file is read from the
 * page cache and gone before the kernel would write it.
 */
export class RowSpool {
  private readonly folder: string
  private next = 0

  private constructor(folder: string) {
    this.folder = folder
  }

  /**
   * Empties the folder of what a killed process left.
   * @param folder any path
   * @param link made here, pointing to the folder. Plain characters: the engine takes `*` or `{` in a path, even in
   * the working directory's, for a pattern, and a pattern without a match is an empty insert.
   */
  static async open(folder: string, link: string): Promise<RowSpool> {
    if (!/^[\w./-]+$/.test(link))
      throw new Error('The socket folder has a path that the engine would misread')
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await rm(link, { force: true })
    await symlink(folder, link)
    return new RowSpool(link)
  }

  /**
   * Writes rows to a new file.
   * @returns its path; `remove` it
   * @throws DatabaseError 396 above `INSERT_BYTES`, the rest stays unread; the stream's error
   */
  async write(rows: Readable | string): Promise<string> {
    this.next += 1
    const path = join(this.folder, `${this.next}.rows`)
    const source = typeof rows === 'string' ? Readable.from([Buffer.from(rows)]) : rows
    const file = await open(path, 'w', 0o600)
    try {
      await copy(source, file)
      return path
    } catch (error) {
      await this.remove(path)
      throw error
    } finally {
      await file.close()
    }
  }

  async remove(path: string): Promise<void> {
    await rm(path, { force: true })
  }
}

async function copy(source: Readable, file: FileHandle): Promise<void> {
  let total = 0
  let batch: Buffer[] = []
  let batchBytes = 0
  for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    total += chunk.length
    if (total > INSERT_BYTES) {
      throw databaseError(396, 'TOO_MANY_ROWS_OR_BYTES', `An insert of more than ${INSERT_BYTES} bytes`)
    }
    batch.push(chunk)
    batchBytes += chunk.length
    if (batchBytes < WRITE_BYTES) continue
    await writeAll(file, batch)
    batch = []
    batchBytes = 0
  }
  await writeAll(file, batch)
}

/** A full disk may take a part only. */
async function writeAll(file: FileHandle, batch: readonly Buffer[]): Promise<void> {
  const length = batch.reduce((sum, chunk) => sum + chunk.length, 0)
  if (length === 0) return
  const { bytesWritten } = await file.writev(batch)
  if (bytesWritten < length) await file.writeFile(Buffer.concat(batch).subarray(bytesWritten))
}
