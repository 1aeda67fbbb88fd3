import { type BenchContext, errorNotes, runMeasured, runOnBareServer } from '../bench-context.ts'
import type { LoadPlan } from '../load/load-plan.ts'
import { profiled } from '../profile/profiled.ts'
import type { Row } from '../report/figure.ts'
import { number } from '../report/print-report.ts'
import { seedProfiles } from './seed-profiles.ts'

const SECONDS = 30
const WARM_UP = 3
const RATE = 1_000
const CONNECTIONS = 50

/** How long a profile read takes at a thousand a second, every profile as likely as any other. */
export async function measureRead(context: BenchContext): Promise<Row> {
  const { options, server, say } = context
  const made = await seedProfiles(context, options.profiles)
  await server.drained()
  const plan: LoadPlan = {
    kind: 'open',
    target: server.target,
    requests: { kind: 'reads', people: context.profiles.made, seed: options.seed + 5 },
    ...{ connections: CONNECTIONS, rate: RATE, seconds: options.seconds ?? SECONDS, warmUp: WARM_UP },
  }
  say('  a bare node:http server')
  const bare = await runOnBareServer(context, plan)
  say(`  reads, ${number(RATE)} a second`)
  const { result, ...profiles } = await profiled(context, 'read', () => runMeasured(context, plan))
  const { report, cpu } = result
  const { latency, lateness } = report
  const limit = bare.report.latency
  const wrong = Object.values(report.errors).reduce((sum, count) => sum + count, 0)
  return {
    row: `profile reads: open loop, ${number(RATE)} a second, ${number(context.profiles.made)} profiles`,
    figures: [
      {
        name: `profile read at ${number(RATE)}/s, p50`,
        value: latency.p50,
        unit: 'ms',
        better: 'less',
        limit: { name: 'node:http', value: limit.p50 },
      },
      {
        name: `profile read at ${number(RATE)}/s, p99`,
        value: latency.p99,
        unit: 'ms',
        better: 'less',
        limit: { name: 'node:http', value: limit.p99 },
        floor: 20,
        goal: 5,
      },
      {
        name: '  longest',
        value: latency.max,
        unit: 'ms',
        better: 'less',
        limit: { name: 'node:http', value: limit.max },
      },
    ],
    checks: [
      {
        name: 'every read gives the person who was asked for',
        holds: wrong === 0,
        said: `${report.requests} reads`,
      },
    ],
    notes: [
      ...(made === undefined ? [] : [made]),
      `requests went out ${number(lateness.p50)} ms (p50), ${number(lateness.p99)} ms (p99) late, which the times include`,
      ...errorNotes('reads', report),
    ],
    cpu: { reads: cpu },
    ...profiles,
    detail: { report, bare: bare.report },
  }
}
