import { type BenchContext, errorNotes, runMeasured, settle } from '../bench-context.ts'
import { JsonParseLimit } from '../limits/json-parse.ts'
import { profiled } from '../profile/profiled.ts'
import type { Row } from '../report/figure.ts'
import { number } from '../report/print-report.ts'
import { shareFigure } from '../report/share-figure.ts'

const BATCH = 100
const SECONDS = 15
const WARM_UP = 3

/**
 * How many events a second are acknowledged in batches of 100, and how long an answer takes; the walk runs beside it as
 * it always does.
 */
export async function measureCollect(context: BenchContext): Promise<Row> {
  const { options, server, ledger } = context
  const { people, seed, connections } = options
  const jsonParse = new JsonParseLimit()
  const { result, ...profiles } = await profiled(context, 'collect', () =>
    runMeasured(context, {
      kind: 'closed',
      target: server.target,
      requests: { kind: 'batches', size: BATCH, people, seed },
      connections,
      seconds: options.seconds ?? SECONDS,
      warmUp: WARM_UP,
      paced: false,
    }),
  )
  const { report, cpu } = result
  ledger.add(report)
  const { latency } = report
  const checks = await settle(context)
  const limit = { name: 'JSON.parse', value: jsonParse.end() }
  return {
    row: `collect, batches of ${BATCH}: closed loop, ${connections} connections`,
    figures: [
      {
        name: `collect, batches of ${BATCH}`,
        value: report.events / report.seconds,
        unit: 'events/s',
        better: 'more',
        limit,
        floor: 30_000,
        goal: 100_000,
      },
      shareFigure(report.events / report.seconds, limit.value, { floor: 0.12, goal: 0.2 }),
      { name: '  answer, p50', value: latency.p50, unit: 'ms', better: 'less' },
      { name: '  answer, p99', value: latency.p99, unit: 'ms', better: 'less' },
    ],
    checks,
    notes: [`longest answer ${number(latency.max)} ms`, ...errorNotes('collect', report)],
    cpu: { collect: { ...cpu, unit: { events: report.events, parses: limit.value } } },
    ...profiles,
    detail: { report },
  }
}
