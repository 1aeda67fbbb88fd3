import { type BenchContext, errorNotes, runMeasured, settle } from '../bench-context.ts'
import { profiled } from '../profile/profiled.ts'
import type { Row } from '../report/figure.ts'
import { number } from '../report/print-report.ts'

const SECONDS = 30
const WARM_UP = 3
const RATE = 500
const PROBE_RATE = 20
const CONNECTIONS = 50

/** How long it takes from sending a trait to reading it in the profile, while events come in. */
export async function measureLatency(context: BenchContext): Promise<Row> {
  const { options, server, ledger } = context
  const { people, seed } = options
  const { result, ...profiles } = await profiled(context, 'latency', () =>
    runMeasured(context, {
      kind: 'visible',
      target: server.target,
      ...{ people, seed: seed + 4, connections: CONNECTIONS, rate: RATE, probeRate: PROBE_RATE },
      seconds: options.seconds ?? SECONDS,
      warmUp: WARM_UP,
    }),
  )
  const { report, cpu } = result
  ledger.add(report)
  const { visible, latency } = report
  if (visible === undefined) throw new Error('The load tool gave no times of visibility.')
  const failed = Object.entries(report.errors).filter(([error]) => error.startsWith('probe'))
  return {
    row: `request to trait visible: ${RATE} events a second, ${PROBE_RATE} of them probes`,
    figures: [
      { name: 'request to trait visible, p50', value: visible.p50, unit: 'ms', better: 'less' },
      {
        name: 'request to trait visible, p99',
        value: visible.p99,
        unit: 'ms',
        better: 'less',
        floor: 250,
        goal: 50,
      },
      { name: '  longest', value: visible.max, unit: 'ms', better: 'less' },
    ],
    checks: [
      {
        name: 'a read with ?after= shows what was sent',
        holds: failed.length === 0 && visible.count > 0,
        said: `${visible.count} probes${failed.length === 0 ? '' : `, ${JSON.stringify(failed)}`}`,
      },
      ...(await settle(context)),
    ],
    notes: [
      `answers to the other events meanwhile: p50 ${number(latency.p50)} ms, p99 ${number(latency.p99)} ms`,
      ...errorNotes('latency', report),
    ],
    cpu: { latency: cpu },
    ...profiles,
    detail: { report },
  }
}
