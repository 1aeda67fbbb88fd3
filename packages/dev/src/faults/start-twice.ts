import type { FaultResult, FaultRun } from './fault-run.ts'
import { freePort, ServerUnderTest } from './server-under-test.ts'

const REJECTION_MS_MAX = 15_000

/**
 * Two servers on one data directory (F13): the second says who holds it and ends with another code than 0; the first
 * does not notice.
 */
export async function startTwice({ program, folder, onEnd }: FaultRun): Promise<FaultResult> {
  const dataDir = `${folder}/data`
  const first = new ServerUnderTest({ program, dataDir, port: await freePort() })
  onEnd(() => first.killTree())
  const faults: string[] = []
  try {
    await first.ready()
    const { ours } = await first.processes()
    const second = new ServerUnderTest({ program, dataDir, port: await freePort() })
    const ended = await Promise.race([second.ended, timeout(REJECTION_MS_MAX)])
    if (ended === undefined) {
      faults.push(`the second was not refused within ${REJECTION_MS_MAX} ms`)
      await second.killTree()
    } else if (ended.code === 0 || ended.code === null)
      faults.push(`the second ended with code ${ended.code}`)
    if (ours === undefined || !second.output.includes(String(ours)))
      faults.push(`the second does not name the process that holds the folder: ${second.lastLines(3)}`)
    if (!(await first.isReady())) faults.push('the first is not ready any more')
    return { faults, figures: `the second ended with code ${ended?.code}: ${second.lastLines(1)}` }
  } finally {
    await first.killTree()
  }
}

async function timeout(ms: number): Promise<undefined> {
  await new Promise((resolve) => setTimeout(resolve, ms).unref())
}
