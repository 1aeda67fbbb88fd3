import { setTimeout as pause } from 'node:timers/promises'
import { checkAtRest } from './check-at-rest.ts'
import { describeTimes, type FaultResult, type FaultRun } from './fault-run.ts'
import { LoadHistory } from './load-history.ts'
import { freePort, livingOf, ServerUnderTest, WRITE_KEY } from './server-under-test.ts'
import { Workload } from './workload.ts'

const STOPS = 5
const STOP_MS_MAX = 5_000

/** SIGTERM under load (F12): exit code 0 within 5 s, nothing of it lives on, nothing acknowledged is lost. */
export async function stopUnderLoad(run: FaultRun): Promise<FaultResult> {
  const { program, folder, random, say, onEnd } = run
  const port = await freePort()
  const history = new LoadHistory()
  const load = new Workload({
    ...{ history, random, ports: () => [port], writeKey: WRITE_KEY, workers: 6, pauseMs: 15 },
  })
  const start = () => new ServerUnderTest({ program, dataDir: `${folder}/data`, port })
  let server = start()
  onEnd(() => server.killTree())
  const faults: string[] = []
  const times: number[] = []
  try {
    await server.ready()
    load.start()
    for (let stop = 1; stop <= STOPS; stop++) {
      await pause(random.between(300, 2_500))
      const { all } = await server.processes()
      const { code, signal, ms } = await server.stop()
      times.push(ms)
      say(`stop ${stop}/${STOPS}: exit code ${code} after ${Math.round(ms)} ms`)
      if (code !== 0)
        faults.push(`SIGTERM ended with exit code ${code}, signal ${signal}: ${server.lastLines(14)}`)
      if (ms > STOP_MS_MAX) faults.push(`SIGTERM took ${Math.round(ms)} ms, more than ${STOP_MS_MAX}`)
      const left = await livingOf(all)
      if (left.length > 0) faults.push(`${left.length} processes live on after the stop`)
      server = start()
      await server.ready()
    }
    await load.finish()
    const verdict = await checkAtRest(server, history)
    faults.push(...verdict.faults)
    const figures = `${STOPS} stops, ${verdict.events} events, ${verdict.lost} lost, ${verdict.doubled} twice; stop: ${describeTimes(times)}`
    return { faults, figures }
  } finally {
    await load.abandon()
    await server.killTree()
  }
}
