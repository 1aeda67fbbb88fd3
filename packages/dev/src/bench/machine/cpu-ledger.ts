import { readFileSync } from 'node:fs'
import { type ProcessNow, readProcessTree } from './process-tree.ts'

/** CPU time of one role during a phase. */
export interface CpuShare {
  readonly role: string
  readonly seconds: number
  /** of the phase's time on one core: 1 is one core all the time */
  readonly cores: number
  /** processes that it was, at the end */
  readonly processes: number
}

/** Programs that do the same work whatever ours does: their CPU time tells how quick the machine was. */
export const YARDSTICKS: readonly string[] = ['load tool', 'webhook receiver', 'webhook receivers']
/** Programs of the bench itself: what they do is no cost of an event. */
export const NOT_OURS: readonly string[] = [...YARDSTICKS, 'bench', 'perf']

/** Where the CPU went during a phase. */
export interface CpuReport {
  /** how long the phase was */
  readonly seconds: number
  readonly shares: readonly CpuShare[]
  /** the whole machine, in cores; what is busy beyond our shares belongs to others and makes the figures worse */
  readonly machine: { readonly busy: number; readonly waitsForDisk: number; readonly stolen: number }
  readonly othersCores: number
  /**
   * Events of the phase, and how many of them `JSON.parse` reads a second: shares are told in parses of an event too.
   */
  readonly unit?: { readonly events: number; readonly parses: number }
}

/**
 * CPU time in parses of an event: how often `JSON.parse` would have read the same event in that time.
 * @param seconds CPU time of all events
 */
export function inParses(seconds: number, { events, parses }: NonNullable<CpuReport['unit']>): number {
  return (seconds / Math.max(1, events)) * parses
}

const TICK_MS = 10
const NODE_HELPERS = 6

interface Snapshot {
  readonly at: number
  readonly processes: ReadonlyMap<number, ProcessNow>
  readonly machine: MachineTicks
}

interface MachineTicks {
  readonly busy: number
  readonly waits: number
  readonly stolen: number
}

/** Measures CPU time by process from when it is made to `report`. */
export class CpuLedger {
  readonly #roots: ReadonlyMap<number, string>
  readonly #before: Snapshot

  /** @param roots roles of the topmost processes, by pid; what they start is found */
  constructor(roots: ReadonlyMap<number, string>) {
    this.#roots = roots
    this.#before = takeSnapshot(roots)
  }

  report(): CpuReport {
    const before = this.#before
    const after = takeSnapshot(this.#roots)
    const seconds = (after.at - before.at) / 1_000
    const roles = sumRoles(before, after)
    const shares = [...roles]
      .map(([role, { ms, processes }]) => ({
        role,
        seconds: ms / 1_000,
        cores: ms / 1_000 / seconds,
        processes,
      }))
      .filter(({ cores }) => cores >= 0.0005)
      .sort((a, b) => b.seconds - a.seconds)
    const cores = (key: keyof MachineTicks) =>
      ((after.machine[key] - before.machine[key]) * TICK_MS) / 1_000 / seconds
    const ours = shares.reduce((sum, share) => sum + share.cores, 0)
    const machine = { busy: cores('busy'), waitsForDisk: cores('waits'), stolen: cores('stolen') }
    return { seconds, shares, machine, othersCores: Math.max(0, machine.busy - ours) }
  }
}

function takeSnapshot(roots: ReadonlyMap<number, string>): Snapshot {
  const processes = new Map(readProcessTree(roots).map((process) => [process.pid, process]))
  return { at: performance.now(), processes, machine: readMachine() }
}

function sumRoles(before: Snapshot, after: Snapshot): Map<string, { ms: number; processes: number }> {
  const roles = new Map<string, { ms: number; processes: number }>()
  const add = (role: string, ms: number, processes: number) => {
    const sum = roles.get(role) ?? { ms: 0, processes: 0 }
    roles.set(role, { ms: sum.ms + ms, processes: sum.processes + processes })
  }
  for (const process of after.processes.values()) {
    const earlier = before.processes.get(process.pid)
    const ms = process.cpuMs - (earlier?.cpuMs ?? 0)
    if (process.role === 'server') {
      for (const [index, threadMs] of process.threadsMs.entries())
        add(roleOfThread(index), threadMs - (earlier?.threadsMs[index] ?? 0), 0)
    } else {
      add(process.role, ms, 1)
    }
    add(...endedChildren(before, after, process))
  }
  return roles
}

/**
 * Node makes its own threads first: six helpers, which collect garbage and compile; then come file I/O and our workers,
 * as they are needed.
 */
function roleOfThread(index: number): string {
  if (index === 0) return 'server: main thread'
  return index <= NODE_HELPERS
    ? 'server: garbage collector and compiler'
    : `server: worker or file thread ${index}`
}

/** A process that ended since is counted by its parent, with all its life; what it had before is taken off. */
function endedChildren(before: Snapshot, after: Snapshot, parent: ProcessNow): [string, number, number] {
  let ms = parent.endedChildrenMs - (before.processes.get(parent.pid)?.endedChildrenMs ?? 0)
  for (const process of before.processes.values())
    if (process.parent === parent.pid && !after.processes.has(process.pid)) ms -= process.cpuMs
  return [`${parent.role.split(':')[0]}: ended processes`, Math.max(0, ms), 0]
}

/** Of all cores together, in ticks. */
function readMachine(): MachineTicks {
  let line: string
  try {
    line = readFileSync('/proc/stat', 'latin1').split('\n', 1)[0] ?? ''
  } catch {
    return { busy: 0, waits: 0, stolen: 0 }
  }
  const [user = 0, nice = 0, system = 0, , waits = 0, irq = 0, softirq = 0, stolen = 0] = line
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number)
  return { busy: user + nice + system + irq + softirq, waits, stolen }
}
