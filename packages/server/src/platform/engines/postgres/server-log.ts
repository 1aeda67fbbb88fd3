import { copyFile, open, stat, truncate } from 'node:fs/promises'

const LARGEST_LOG_BYTES = 8 * 1024 * 1024
const CHECK_EVERY_MS = 60_000
const LEVEL = /^.*?(FATAL|PANIC|LOG|HINT): +/
// What sessions say when their server was killed: no cause.
const MOURNING = 'unexpected postmaster exit'
const TAIL_BYTES = 64 * 1024

/** Size of the log now, in bytes, to read later what came after. */
export async function logSize(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0
}

/** What was logged after `from` bytes; of much, the end. */
export async function readLogFrom(path: string, from: number): Promise<string> {
  const handle = await open(path, 'r').catch(() => null)
  if (handle === null) return ''
  try {
    const { size } = await handle.stat()
    const start = Math.max(from > size ? 0 : from, size - TAIL_BYTES)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** The last line of a log text that tells why a server ended, without time and pid. */
export function lastReason(text: string): string {
  const told = text.split('\n').filter((line) => line.trim() !== '' && !line.includes(MOURNING))
  const grave = told.findLast((line) => /(FATAL|PANIC): /.test(line))
  return (grave ?? told.at(-1) ?? 'it said nothing in its log').replace(LEVEL, '')
}

/**
 * Keeps the log and one older part below 8 MiB each, now and every minute. The server appends to a file that stays
 * open, also after our death, hence copy and cut instead of rename.
 * @returns ends the watch
 */
export async function boundLog(path: string): Promise<() => void> {
  await cutWhenLarge(path)
  const timer = setInterval(() => void cutWhenLarge(path), CHECK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}

async function cutWhenLarge(path: string): Promise<void> {
  try {
    if ((await logSize(path)) <= LARGEST_LOG_BYTES) return
    await copyFile(path, `${path}.1`)
  } catch {
    // Without room for the older part it goes: the bound matters more.
  }
  await truncate(path).catch(() => {})
}
