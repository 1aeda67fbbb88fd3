import { runDemo } from './run-demo.ts'
import { sendShop } from './send-shop.ts'
import { HELP, readShopOptions, type ShopRun } from './shop-options.ts'
import { writeShop } from './write-shop.ts'

/**
 * The demo shop from the command line.
 * @returns exit code
 */
export async function runShop(args: readonly string[]): Promise<number> {
  let run: ShopRun | undefined
  try {
    run = readShopOptions(args)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return 2
  }
  if (run === undefined) {
    console.log(HELP)
    return 0
  }
  const { task, seed, people, days, endAt = Date.now() } = run
  const options = { seed, people, days, endAt }
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())
  switch (task.kind) {
    case 'write':
      console.log(`${(await writeShop(options, task)).toLocaleString('en-US')} events in ${task.out}`)
      return 0
    case 'send':
      return sendShop(options, { ...task, speed: run.speed, signal: stop.signal })
    case 'demo':
      return runDemo(options, { file: task.file, speed: run.speed, signal: stop.signal, say: console.log })
  }
}
