import { readdirSync, readFileSync } from 'node:fs'

/** A process as /proc shows it now. */
export interface ProcessNow {
  readonly pid: number
  readonly parent: number
  /** what it does: `server`, `postgres: walwriter`, `clickhouse`, ... */
  readonly role: string
  /** CPU time so far, milliseconds */
  readonly cpuMs: number
  /** of its threads, milliseconds, in the order in which they were made; only of the topmost processes */
  readonly threadsMs: readonly number[]
  /** CPU time of its children that have ended and were waited for, milliseconds */
  readonly endedChildrenMs: number
}

// Linux counts in hundredths of a second for programs, whatever its own tick is.
const TICK_MS = 10

/**
 * Reads the named processes and everything below them. Empty where there is no /proc.
 * @param roots roles of the topmost ones, by pid
 */
export function readProcessTree(roots: ReadonlyMap<number, string>): ProcessNow[] {
  const all = new Map<number, Stat>()
  for (const pid of listNumbers('/proc')) {
    const stat = readStat(`/proc/${pid}/stat`)
    if (stat !== undefined) all.set(stat.pid, stat)
  }
  return [...all.values()].flatMap((stat) => {
    const role = roots.get(stat.pid) ?? roleOf(stat, all, roots)
    if (role === undefined) return []
    const { pid, parent, cpuMs, endedChildrenMs } = stat
    const threadsMs = roots.has(pid) ? readThreads(pid) : []
    return [{ pid, parent, role, cpuMs, threadsMs, endedChildrenMs }]
  })
}

function readThreads(pid: number): number[] {
  const folder = `/proc/${pid}/task`
  const threads = listNumbers(folder).sort((a, b) => a - b)
  return threads.map((thread) => readStat(`${folder}/${thread}/stat`)?.cpuMs ?? 0)
}

type Stat = Pick<ProcessNow, 'pid' | 'parent' | 'cpuMs' | 'endedChildrenMs'>

function listNumbers(folder: string): number[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}

/** Undefined when it has ended meanwhile. */
function readStat(path: string): Stat | undefined {
  let text: string
  try {
    text = readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
  // the name in brackets may hold anything
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const ticks = (index: number) => Number(fields[index]) * TICK_MS
  return {
    pid: Number.parseInt(text, 10),
    parent: Number(fields[1]),
    cpuMs: ticks(11) + ticks(12),
    endedChildrenMs: ticks(13) + ticks(14),
  }
}

/** Undefined for a process that is none of ours. */
function roleOf(
  stat: Stat,
  all: ReadonlyMap<number, Stat>,
  roots: ReadonlyMap<number, string>,
): string | undefined {
  let root = all.get(stat.parent)
  while (root !== undefined && !roots.has(root.pid)) root = all.get(root.parent)
  if (root === undefined) return undefined
  return roleOfCommand(commandOf(stat.pid)) ?? `${roots.get(root.pid)}: ${commandOf(stat.pid).slice(0, 40)}`
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return 'ended'
  }
}

/** PostgreSQL's processes write what they are into their command line. */
function roleOfCommand(command: string): string | undefined {
  if (command.includes('clickhouse/child')) return 'clickhouse'
  if (command.includes('bin/postgres')) return 'postgres: postmaster'
  if (command.startsWith('perf ')) return 'perf'
  if (!command.startsWith('postgres:')) return undefined
  const title = command.slice('postgres:'.length)
  const known = [
    'walwriter',
    'checkpointer',
    'background writer',
    'autovacuum launcher',
    'autovacuum worker',
    'io worker',
    'parallel worker',
  ]
  const found = known.find((role) => title.includes(role))
  return `postgres: ${found ?? 'backends'}`
}
