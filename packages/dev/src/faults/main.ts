import { cutLoop } from './cut-loop.ts'
import { deliveriesLoop, isShort } from './deliveries-loop.ts'
import { diskFull } from './disk-full.ts'
import { type FaultOptions, type LoopName, readOptions } from './fault-options.ts'
import type { FaultResult, FaultRun } from './fault-run.ts'
import { FaultSession } from './fault-session.ts'
import { killLoop } from './kill-loop.ts'
import { lostAnswers } from './lost-answers.ts'
import { QUICK_PACE } from './patches.ts'
import { staleLease } from './stale-lease.ts'
import { startTwice } from './start-twice.ts'
import { stopUnderLoad } from './stop-under-load.ts'

process.exitCode = await main()

/** Runs the fault loops that were asked for; 0 when every one passed. */
async function main(): Promise<number> {
  let options: FaultOptions
  try {
    options = readOptions(process.argv.slice(2))
  } catch (error) {
    console.error((error as Error).message)
    return 2
  }
  console.log(`Seed ${options.seed} (repeat the random choices with --seed ${options.seed})`)
  const session = new FaultSession(options)
  process.on('SIGINT', () => void session.interrupt().finally(() => process.exit(130)))
  process.on('SIGTERM', () => void session.interrupt().finally(() => process.exit(143)))
  const loops: [LoopName, string, (run: FaultRun) => Promise<FaultResult>][] = [
    ['kills', 'kill -9', (run) => killLoop(run, options.kills)],
    ['cuts', 'power cuts', (run) => cutLoop(run, options.cuts)],
    ['disk', 'disk full', diskFull],
    ['lease', 'stale lease', staleLease],
    ['stop', 'SIGTERM under load', stopUnderLoad],
    ['twice', 'started twice', startTwice],
    ['answers', 'lost answers', (run) => lostAnswers(run, options.lostAnswers)],
  ]
  for (const [name, title, loop] of loops) {
    if (options.loops.has(name)) await session.run(title, [], loop)
  }
  if (options.loops.has('deliveries')) {
    const { badSeconds, deliveryKills } = options
    await session.run('deliveries', isShort(badSeconds) ? [QUICK_PACE] : [], (run) =>
      deliveriesLoop(run, { badSeconds, kills: deliveryKills }),
    )
  }
  if (options.loops.has('plants')) for (const plant of options.plants) await session.runPlanted(plant)
  console.log(`${session.passed} passed, ${session.failed} failed`)
  return session.failed === 0 ? 0 : 1
}
