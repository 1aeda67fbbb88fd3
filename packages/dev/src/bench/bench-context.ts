import { setTimeout as pause } from 'node:timers/promises'
import { startBareServer } from './limits/bare-server.ts'
import type { LoadPlan, LoadReport } from './load/load-plan.ts'
import type { LoadTool } from './load/load-tool.ts'
import { CpuLedger, type CpuReport } from './machine/cpu-ledger.ts'
import type { BenchOptions } from './options.ts'
import type { Profiler } from './profile/profiler.ts'
import type { Check } from './report/figure.ts'
import type { ProfileStock } from './rows/seed-profiles.ts'
import type { ServerUnderTest } from './server-under-test.ts'

/** What the rows share. */
export interface BenchContext {
  readonly options: BenchOptions
  readonly tool: LoadTool
  readonly server: ServerUnderTest
  /** only with --profile */
  readonly profiler: Profiler | undefined
  /** events that the load tool saw acknowledged by this server, over all rows */
  readonly ledger: AcknowledgedEvents
  readonly profiles: ProfileStock
  /** tells what is going on */
  readonly say: (text: string) => void
}

/** Counts what this server has acknowledged. */
export class AcknowledgedEvents {
  #events = 0
  #inDoubt = 0

  add({ eventsInAll, eventsInDoubt }: Pick<LoadReport, 'eventsInAll' | 'eventsInDoubt'>): void {
    this.#events += eventsInAll
    this.#inDoubt += eventsInDoubt
  }

  get events(): number {
    return this.#events
  }

  get inDoubt(): number {
    return this.#inDoubt
  }
}

// a little time after the last answer, so that one part does not begin in the work of another
const SETTLE_MS = 1_000

/** The processes that a part's CPU time is measured of. */
export function rootsOf(
  context: BenchContext,
  more: readonly (readonly [number, string])[] = [],
): Map<number, string> {
  return new Map([
    [context.server.pid, 'server'],
    [context.tool.pid, 'load tool'],
    [process.pid, 'bench'],
    ...more,
  ])
}

/** Runs a plan, and measures CPU time by process in its measured time. */
export async function runMeasured(
  context: BenchContext,
  plan: LoadPlan,
  roots = rootsOf(context),
): Promise<{ report: LoadReport; cpu: CpuReport }> {
  let ledger = new CpuLedger(roots)
  const report = await context.tool.run(plan, {
    onMeasure: () => {
      ledger = new CpuLedger(roots)
    },
  })
  return { report, cpu: ledger.report() }
}

/**
 * Runs a plan against a bare `node:http` server: the limit that the same requests by the same load tool have on this
 * machine.
 */
export async function runOnBareServer(
  context: BenchContext,
  plan: LoadPlan,
): Promise<{ report: LoadReport; cpu: CpuReport }> {
  const bare = await startBareServer()
  try {
    const target = { ...plan.target, port: bare.port }
    return await runMeasured(context, { ...plan, target }, rootsOf(context, [[bare.pid, 'bare server']]))
  } finally {
    await bare.stop()
  }
}

/** Waits until everything is loaded, and proves that nothing was lost or counted twice. */
export async function settle(context: BenchContext): Promise<Check[]> {
  const { server, ledger, say } = context
  let lastSaid = performance.now()
  const counts = await server.drained(({ accepted, loaded }) => {
    if (performance.now() - lastSaid < 5_000) return
    lastSaid = performance.now()
    say(`  waiting for the walk: ${(accepted - loaded).toLocaleString('en-US')} events to go`)
  })
  await pause(SETTLE_MS)
  const { accepted, stored, duplicates, filtered, quarantined, erased } = counts
  const sum = stored + duplicates + filtered + quarantined + erased
  const extra = accepted - ledger.events
  return [
    {
      name: 'accepted = stored + duplicates + filtered + quarantined + erased',
      holds: accepted === sum,
      said: `${accepted} = ${stored} + ${duplicates} + ${filtered} + ${quarantined} + ${erased}`,
    },
    {
      name: 'every event was sent once: no duplicates, nothing filtered or quarantined',
      holds: duplicates + filtered + quarantined === 0,
      said: `${duplicates}, ${filtered} + ${quarantined}`,
    },
    {
      name: 'accepted = acknowledged to the load tool',
      holds: extra >= 0 && extra <= ledger.inDoubt,
      said: `${accepted} and ${ledger.events}${ledger.inDoubt > 0 ? `, ${ledger.inDoubt} in doubt` : ''}`,
    },
  ]
}

/** Answers that were not 200, as a note; nothing when there were none. */
export function errorNotes(what: string, report: LoadReport): string[] {
  const errors = Object.entries(report.errors)
  if (errors.length === 0) return []
  return [
    `${what}: answers other than 200: ${errors.map(([error, count]) => `${error} x ${count}`).join(', ')}`,
  ]
}
