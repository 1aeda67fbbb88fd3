import { JsonParseLimit } from '../limits/json-parse.ts'
import type { LoadTool } from '../load/load-tool.ts'
import type { BenchOptions, PeerOptions } from '../options.ts'
import type { Row } from '../report/figure.ts'
import { number } from '../report/print-report.ts'

const BATCH = 100
const SECONDS = 15
const WARM_UP = 3

/**
 * The load of the row collect against another collector that takes Segment's batches: how many events a second it
 * answers with 200. What it does with them afterwards, and what of them is on disk by then, only its own tools tell.
 */
export async function measurePeer(
  tool: LoadTool,
  { people, seed, connections, seconds = SECONDS }: BenchOptions,
  { url, writeKey }: PeerOptions,
): Promise<Row> {
  const { hostname, port, pathname } = new URL(url)
  const jsonParse = new JsonParseLimit()
  const report = await tool.run({
    kind: 'closed',
    target: { host: hostname, port: Number(port || 80), batchPath: pathname, writeKey, apiKey: '' },
    requests: { kind: 'batches', size: BATCH, people, seed },
    ...{ connections, seconds, warmUp: WARM_UP, paced: false },
  })
  const { latency, errors } = report
  return {
    row: `${url}, batches of ${BATCH}: closed loop, ${connections} connections`,
    figures: [
      {
        name: `peer, batches of ${BATCH}`,
        value: report.events / report.seconds,
        unit: 'events/s',
        better: 'more',
        limit: { name: 'JSON.parse', value: jsonParse.end() },
      },
      { name: '  answer, p50', value: latency.p50, unit: 'ms', better: 'less' },
      { name: '  answer, p99', value: latency.p99, unit: 'ms', better: 'less' },
    ],
    checks: [
      {
        name: 'it answered events with 200',
        holds: report.events > 0,
        said: `${number(report.eventsInAll)} events; other answers: ${JSON.stringify(errors)}`,
      },
    ],
    notes: [`longest answer ${number(latency.max)} ms`],
    cpu: {},
    detail: { report },
  }
}
