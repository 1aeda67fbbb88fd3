import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import type { BenchContext } from '../../bench-context.ts'
import type { Check } from '../../report/figure.ts'
import { ASKED_CONDITIONS } from './asked-conditions.ts'
import { previewSize } from './preview-part.ts'

/** At rest: what a preview finds are the members. */
export async function compareSizes({ server }: BenchContext, when: string): Promise<Check[]> {
  const checks: Check[] = []
  for (const asked of ASKED_CONDITIONS) {
    const previewed = await previewSize(server, asked)
    const { size } = await server.api.get<AudienceAnswer>(`/v1/audiences/${asked.key}`)
    checks.push({
      name: `${asked.name}: as many members as a preview finds, ${when}`,
      holds: size === previewed && previewed > 0,
      said: `${size} and ${previewed}`,
    })
  }
  return checks
}
