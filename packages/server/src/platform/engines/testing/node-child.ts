import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** A node process that runs a piece of module code, to be killed by a test. */
export interface NodeChild {
  readonly child: ChildProcess
  /** The first line it prints; rejects with what it complained of when it ends before. */
  readonly firstLine: Promise<string>
  /** kill -9, and waits until it is gone. */
  kill(): Promise<void>
}

/** Starts node on a piece of module code. */
export function startNodeChild(code: string): NodeChild {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code])
  const ended = once(child, 'close')
  return { child, firstLine: firstLineOf(child), kill: () => killAndWait(child, ended) }
}

function firstLineOf(child: ChildProcess): Promise<string> {
  const line = new Promise<string>((resolve, reject) => {
    let out = ''
    let complaint = ''
    child.stderr?.on('data', (chunk) => {
      complaint += chunk
    })
    child.stdout?.on('data', (chunk) => {
      out += chunk
      const end = out.indexOf('\n')
      if (end >= 0) resolve(out.slice(0, end))
    })
    child.once('close', () => reject(new Error(complaint)))
  })
  line.catch(() => {}) // a test that kills early does not read it
  return line
}

async function killAndWait(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGKILL')
  await ended
}
