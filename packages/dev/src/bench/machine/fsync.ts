import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Histogram, type Latency } from '../load/histogram.ts'

const BLOCK = Buffer.alloc(8_192, 7)
const TIMES = 300

/** How long 8 KiB take to the disk, appended and synchronised one by one: what a commit on this disk costs at least. */
export function measureSync(folder: string): Latency {
  const path = join(folder, `sync-${process.pid}`)
  const file = openSync(path, 'w')
  const histogram = new Histogram()
  try {
    for (let count = 0; count < TIMES; count++) {
      const start = performance.now()
      writeSync(file, BLOCK)
      fdatasyncSync(file)
      histogram.record(performance.now() - start)
    }
  } finally {
    closeSync(file)
    rmSync(path, { force: true })
  }
  return histogram.summary()
}
