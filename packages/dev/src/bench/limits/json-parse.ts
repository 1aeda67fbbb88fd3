import { makeTemplate } from '../mix/event-template.ts'
import { createRandom } from '../mix/random.ts'

const BATCH = 100
const BODIES = 256
const MEASURE_MS = 2_000

/**
 * The limit of everything that reads JSON in JavaScript: bytes of the mix's batches to text and through `JSON.parse`,
 * on one core, doing nothing else. Machines change their speed within minutes, so it is measured before and after a
 * part.
 */
export class JsonParseLimit {
  readonly #before = measureJsonParse()

  /**
   * Measures again.
   * @returns events a second, the mean of before and after
   */
  end(): number {
    return (this.#before + measureJsonParse()) / 2
  }
}

function measureJsonParse(): number {
  const random = createRandom(7)
  const bodies = Array.from({ length: BODIES }, () =>
    Buffer.from(`{"batch":[${Array.from({ length: BATCH }, () => makeTemplate(random).json).join(',')}]}`),
  )
  parseFor(bodies, MEASURE_MS / 4)
  return parseFor(bodies, MEASURE_MS)
}

function parseFor(bodies: readonly Buffer[], ms: number): number {
  const start = performance.now()
  let events = 0
  for (let index = 0; performance.now() - start < ms; index++) {
    const body = bodies[index % bodies.length] as Buffer
    events += (JSON.parse(body.toString('utf8')) as { batch: unknown[] }).batch.length
  }
  return events / ((performance.now() - start) / 1_000)
}
