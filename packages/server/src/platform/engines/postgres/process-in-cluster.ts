import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const LARGEST_LIST_BYTES = 16 * 1024 * 1024

interface ProcessTitle {
  readonly pid: number
  /** Command line, or what the process shows instead of it. */
  readonly title: string
}

/** The name that the processes of a cluster show in their titles. */
export function titleOf(cluster: string): string {
  return `affluent-${createHash('sha256').update(cluster).digest('hex').slice(0, 12)}`
}

/** True while a process lives; one that ended and was not yet collected by its parent does not. */
export async function isAlive(pid: number): Promise<boolean> {
  if (!numberIsTaken(pid)) return false
  if (process.platform !== 'linux') return true
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const state = stat.slice(stat.lastIndexOf(')') + 2)[0]
  return state !== undefined && !'ZX'.includes(state)
}

/** True when a process number is in use, be it by a process that ended and was not yet collected. */
export function numberIsTaken(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** True when the process is the postmaster of that cluster, rather than another that got an old number. */
export async function isPostmasterOf(pid: number, cluster: string): Promise<boolean> {
  const title = process.platform === 'linux' ? await readTitle(pid) : await askTitle(pid)
  return title.includes('postgres') && title.includes(`-D ${cluster} `)
}

/** The processes of a cluster other than its postmaster. */
export async function sessionsOf(cluster: string): Promise<number[]> {
  const start = `postgres: ${titleOf(cluster)}: `
  return (await listTitles()).filter(({ title }) => title.startsWith(start)).map(({ pid }) => pid)
}

async function listTitles(): Promise<ProcessTitle[]> {
  if (process.platform !== 'linux') return await askTitles()
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger)
  return await Promise.all(pids.map(async (pid) => ({ pid, title: await readTitle(pid) })))
}

// Readable for every process of every account, which its working directory and program are not.
async function readTitle(pid: number): Promise<string> {
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return line.replaceAll('\0', ' ')
}

async function askTitle(pid: number): Promise<string> {
  return (await askTitles()).find((one) => one.pid === pid)?.title ?? ''
}

async function askTitles(): Promise<ProcessTitle[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,command='], {
    maxBuffer: LARGEST_LIST_BYTES,
  })
  return stdout.split('\n').map((line) => {
    const [, pid = '', title = ''] = /^ *(\d+) (.*)$/.exec(line) ?? []
    return { pid: Number(pid), title }
  })
}
