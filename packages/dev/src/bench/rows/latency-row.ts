import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import { setAudiences } from '../api/set-audiences.ts'
import { type BenchContext, errorNotes, runMeasured, settle } from '../bench-context.ts'
import { countOf, makeAudiences } from '../mix/audiences.ts'
import { profiled } from '../profile/profiled.ts'
import type { Row } from '../report/figure.ts'
import { number } from '../report/print-report.ts'
import { audienceNote } from './audience-note.ts'

const SECONDS = 30
const WARM_UP = 3
const RATE = 500
const PROBE_RATE = 20
const CONNECTIONS = 50

const PROBE = { event: 'Bench Probe', audience: 'bench-probe' }

/**
 * How long it takes from sending an event to reading in the profile that its person has entered an audience, while
 * events come in.
 */
export async function measureLatency(context: BenchContext): Promise<Row> {
  const { options, server, ledger, say } = context
  const { people, seed, seconds = SECONDS } = options
  const probes = PROBE_RATE * (WARM_UP + seconds)
  if (probes > people)
    throw new Error(
      `The row latency needs a person for each of its ${probes} probes: take fewer --seconds or more --people.`,
    )
  await setAudiences(context, [
    ...makeAudiences(options.audiences),
    { key: PROBE.audience, condition: countOf(PROBE.event, 1, '30d') },
  ])
  say(`  ${RATE} events a second`)
  const { result, ...profiles } = await profiled(context, 'latency', () =>
    runMeasured(context, {
      kind: 'visible',
      target: server.target,
      ...{
        people,
        seed: seed + 4,
        connections: CONNECTIONS,
        rate: RATE,
        probeRate: PROBE_RATE,
        probe: PROBE,
      },
      seconds,
      warmUp: WARM_UP,
    }),
  )
  const { report, cpu } = result
  ledger.add(report)
  const { probes: probed, latency } = report
  if (probed === undefined) throw new Error('The load tool gave no report of its probes.')
  const { latency: visible, entered, early } = probed
  const failed = Object.entries(report.errors).filter(([error]) => error.startsWith('probe'))
  const settled = await settle(context)
  const { size } = await server.api.get<AudienceAnswer>(`/v1/audiences/${PROBE.audience}`)
  return {
    row: `request to membership visible: ${RATE} events a second, ${PROBE_RATE} of them probes`,
    figures: [
      { name: 'request to membership visible, p50', value: visible.p50, unit: 'ms', better: 'less' },
      {
        name: 'request to membership visible, p99',
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
        name: 'the first read with ?after= shows the membership',
        holds: failed.length === 0 && early === 0 && visible.count > 0,
        said: `${visible.count} probes, ${early} reads too early${failed.length === 0 ? '' : `, ${JSON.stringify(failed)}`}`,
      },
      {
        name: 'the audience has as many members as people were seen to enter',
        holds: size === entered,
        said: `${size} and ${entered}`,
      },
      ...settled,
    ],
    notes: [
      `answers to the other events meanwhile: p50 ${number(latency.p50)} ms, p99 ${number(latency.p99)} ms`,
      await audienceNote(context),
      ...errorNotes('latency', report),
    ],
    cpu: { latency: cpu },
    ...profiles,
    detail: { report },
  }
}
