import { connect } from 'node:net'
import { checkAtRest } from './check-at-rest.ts'
import type { FaultResult, FaultRun } from './fault-run.ts'
import { httpCall } from './http-call.ts'
import { LoadHistory } from './load-history.ts'
import { type PlannedEvent, planPerson } from './person-script.ts'
import type { SeededRandom } from './seeded-random.ts'
import { freePort, ServerUnderTest, WRITE_KEY } from './server-under-test.ts'

const WORKERS = 8
const CUT_AFTER_MS_MAX = 12

/**
 * The client loses the answer and sends again (F14): it cuts its socket right after the request, then repeats the same
 * bytes until it hears 200.
 */
export async function lostAnswers(run: FaultRun, requests: number): Promise<FaultResult> {
  const { program, folder, random, onEnd } = run
  const port = await freePort()
  const server = new ServerUnderTest({ program, dataDir: `${folder}/data`, port })
  onEnd(() => server.killTree())
  const history = new LoadHistory()
  let cuts = 0
  try {
    await server.ready()
    const work = async (worker: number, own: SeededRandom) => {
      for (let request = worker; request < requests; request += WORKERS) {
        const { person, events } = planPerson(`p${request}`, own)
        history.people.set(person.userId, person)
        history.noteSent(events)
        const body = `{"batch":[${events.map(({ json }) => json).join(',')}]}`
        for (let lost = own.between(1, 2); lost > 0; lost--, cuts++)
          await sendAndCut(port, body, own.between(0, CUT_AFTER_MS_MAX))
        await sendUntilTaken(port, body, events, history)
      }
    }
    await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker, random.fork())))
    const verdict = await checkAtRest(server, history)
    const { duplicates } = JSON.parse((await server.get('/v1/pipeline')).body) as { duplicates: number }
    const figures = `${cuts} answers lost of ${requests} requests, ${verdict.events} events, ${duplicates} copies told apart, ${verdict.lost} lost, ${verdict.doubled} twice`
    const faults = [...verdict.faults]
    if (duplicates === 0) faults.push('no cut request was taken: the loop showed nothing')
    return { faults, figures }
  } finally {
    await server.killTree()
  }
}

function headOf(body: string): string {
  const key = Buffer.from(`${WRITE_KEY}:`).toString('base64')
  const lines = ['POST /v1/batch HTTP/1.1', 'host: localhost', `authorization: Basic ${key}`]
  lines.push('content-type: application/json', `content-length: ${Buffer.byteLength(body)}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}

function sendAndCut(port: number, body: string, afterMs: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.on('close', () => resolve())
    socket.write(headOf(body) + body, () => setTimeout(() => socket.resetAndDestroy(), afterMs))
  })
}

async function sendUntilTaken(
  port: number,
  body: string,
  events: readonly PlannedEvent[],
  history: LoadHistory,
): Promise<void> {
  const key = Buffer.from(`${WRITE_KEY}:`).toString('base64')
  const headers = { authorization: `Basic ${key}`, 'content-type': 'application/json' }
  const startedAt = performance.now()
  const { status } = await httpCall({
    port,
    method: 'POST',
    path: '/v1/batch',
    headers,
    body,
    timeoutMs: 15_000,
  })
  if (status !== 200) throw new Error(`A repeated request was answered with ${status}.`)
  history.noteAnswered(events, startedAt)
}
