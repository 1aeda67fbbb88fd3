import { readdir, readFile } from 'node:fs/promises'

/** A process of this machine. */
export interface ProcessEntry {
  readonly pid: number
  readonly parent: number
  readonly state: string
  readonly command: string
}

/** All processes now. Linux only. */
export async function listProcesses(): Promise<ProcessEntry[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const entries = await Promise.all(pids.map((pid) => readProcess(Number(pid))))
  return entries.filter((entry) => entry !== undefined)
}

async function readProcess(pid: number): Promise<ProcessEntry | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    const [state = '', parent = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { pid, parent: Number(parent), state, command: command.replaceAll('\0', ' ') }
  } catch {
    return undefined
  }
}

/** A process and all below it. */
export function familyOf(pid: number, all: readonly ProcessEntry[]): ProcessEntry[] {
  const family = all.filter((entry) => entry.pid === pid)
  for (let at = 0; at < family.length; at++) {
    const parent = (family[at] as ProcessEntry).pid
    for (const entry of all) if (entry.parent === parent && entry.pid !== pid) family.push(entry)
  }
  return family
}

/** kill -9, of one that may be gone already. */
export function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it was faster
  }
}
