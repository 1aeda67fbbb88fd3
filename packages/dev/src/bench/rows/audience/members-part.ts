import type { ApiAnswer } from '@affluent/protocol/api-calls'
import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import { type BenchContext, rootsOf } from '../../bench-context.ts'
import { CpuLedger } from '../../machine/cpu-ledger.ts'
import type { RowPart } from '../../report/figure.ts'
import { number } from '../../report/print-report.ts'
import { quantile } from '../../report/quantile.ts'
import { timeFigure } from '../../report/time-figure.ts'

const PAGE = 1_000
const PAGING_MS_MAX = 180_000

/** How long a page of members takes, over all pages of the largest audience. */
export async function measureMembers(context: BenchContext): Promise<RowPart> {
  const { server, say } = context
  const { key, size } = await largestAudience(context)
  say(`  members of ${key}: ${number(size)}`)
  const ledger = new CpuLedger(rootsOf(context))
  const times: number[] = []
  const seen = new Set<string>()
  let listed = 0
  let cursor: string | null = ''
  const deadline = performance.now() + PAGING_MS_MAX
  while (cursor !== null && performance.now() < deadline) {
    const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const began = performance.now()
    const page: ApiAnswer<'GET /v1/audiences/{key}/members'> = await server.api.get(
      `/v1/audiences/${key}/members?limit=${PAGE}${from}`,
    )
    times.push(performance.now() - began)
    for (const { profileId } of page.members) seen.add(profileId)
    listed += page.members.length
    cursor = page.cursor
  }
  return {
    figures: [
      {
        name: `page of ${number(PAGE)} members, p50`,
        value: quantile(times, 0.5),
        unit: 'ms',
        better: 'less',
      },
      timeFigure('  worst', Math.max(...times)),
    ],
    checks: [
      {
        name: 'the pages list each member once, and all of them',
        holds: listed === seen.size && (cursor === null ? listed === size : listed < size),
        said: `${listed} listed, ${seen.size} different ones, ${size} members${cursor === null ? '' : '; not all pages were read'}`,
      },
    ],
    notes: [`${number(times.length)} pages of members of ${key}`],
    cpu: { 'pages of members': ledger.report() },
    detail: { key, size, times },
  }
}

async function largestAudience({ server }: BenchContext): Promise<{ key: string; size: number }> {
  const { audiences } = await server.api.get<{ audiences: AudienceAnswer[] }>('/v1/audiences')
  const [largest] = audiences.sort((a, b) => (b.size ?? 0) - (a.size ?? 0))
  if (largest === undefined) throw new Error('There is no audience whose members could be listed.')
  return { key: largest.key, size: largest.size ?? 0 }
}
