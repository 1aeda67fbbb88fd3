import { type LifeCounts, LifeOracle } from './life-oracle.ts'
import type { Life, LifeStep } from './life-step.ts'
import { LifeWorkspace } from './life-workspace.ts'

/** What became of a life. */
export interface LivedLife {
  readonly workspace: LifeWorkspace
  readonly oracle: LifeOracle
  readonly counts: LifeCounts
}

/**
 * Lives a life and checks it: after each step those that were asked; after each timer command everyone; after a crash
 * that all is as it was; at the end everything at rest.
 * @throws when something is not as it must be
 */
export function liveLife(life: Life): LivedLife {
  const { steps } = life
  const workspace = new LifeWorkspace(life)
  const oracle = new LifeOracle(workspace)
  for (const step of steps) {
    const before = step.kind === 'crash' ? writtenBefore(workspace) : undefined
    workspace.step(step)
    if (before !== undefined) expectSame(before, written(workspace))
    if (step.kind === 'fire_timers') oracle.checkAll(4)
    else
      oracle.checkMembers(
        workspace.profiles().filter(([canonical]) => workspace.asked.has(canonical?.id ?? 0)),
      )
  }
  comeToRest(workspace)
  oracle.checkAll(8)
  oracle.checkLeaves(workspace.profiles())
  return { workspace, oracle, counts: oracle.counts }
}

/** Prepares what waits and asks whose moment has come. */
function comeToRest(workspace: LifeWorkspace): void {
  const fireTimers: LifeStep = { kind: 'fire_timers', wait: 0, limit: 1_000, all: true }
  for (const step of [{ kind: 'prepare' } as const, fireTimers]) workspace.step(step)
}

/** Everything that is stored, as text. */
function written({ tables }: LifeWorkspace): string {
  return JSON.stringify(tables, (_, value: unknown) => {
    if (value instanceof Map) return [...value].sort(([a], [b]) => (a < b ? -1 : 1))
    return value instanceof Set ? [...value].sort() : value
  })
}

function writtenBefore(workspace: LifeWorkspace): string {
  workspace.process([Number.MAX_SAFE_INTEGER])
  return written(workspace)
}

function expectSame(before: string, after: string): void {
  if (before === after) return
  let at = 0
  while (before[at] === after[at]) at++
  const around = (text: string) => text.slice(Math.max(0, at - 300), at + 300)
  throw new Error(`After a crash it is another state.\nbefore: ${around(before)}\nafter:  ${around(after)}`)
}
