import type { TrendAnswer } from '@affluent/protocol/endpoints/audiences'
import * as api from '@affluent/protocol/endpoints/audiences'
import type { FastifyInstance } from 'fastify'
import { type ApiOptions, readsFor } from '../platform/http/api-context.ts'
import { ApiError } from '../platform/http/api-error.ts'
import { serve } from '../platform/http/serve.ts'
import { readAudiences } from './audience-store.ts'
import { countMovements, type DayOfAudience, findLiveVersions, viewDays } from './membership-history.ts'

const DAY_MS = 86_400_000

/** How audiences grow and shrink. */
export function registerTrends(app: FastifyInstance, options: ApiOptions): void {
  const { database } = options
  serve(app, api.getAudienceTrend, async (request, reply) => {
    const { workspace, params, query } = request
    const { key } = params
    const { audiences, zone } = await readAudiences(database, workspace.id)
    const audience = audiences.find((each) => each.key === key)
    if (audience === undefined) throw new ApiError(404, 'not_found', `There is no audience "${key}".`)
    const now = options.now()
    const asOf = new Date(now).toISOString()
    const [version] = await findLiveVersions(database, workspace.id, [audience.liveVersion])
    const position = options.progress(workspace.id)?.loaded.position ?? 0
    // what is decided is shown once it can also be counted
    if (version === undefined || version.livePosition > position) return { points: [], asOf }
    const days = await viewDays(readsFor(options, request, reply), workspace.id, version, {
      position,
      zone,
    })
    const first = Math.max(version.liveAt, now - (query.days - 1) * DAY_MS)
    return { points: pointsOf(days, dayOf(first, zone), dayOf(now, zone)), asOf }
  })

  serve(app, api.listAudienceMovements, async (request, reply) => {
    const { workspace } = request
    const { audiences } = await readAudiences(database, workspace.id)
    const now = options.now()
    const since = now - DAY_MS
    const live = audiences.filter(({ liveVersion }) => liveVersion !== 0)
    const ids = live.map(({ liveVersion }) => liveVersion)
    const versions = await findLiveVersions(database, workspace.id, ids)
    const counts = await countMovements(readsFor(options, request, reply), workspace.id, versions, since)
    return {
      movements: live.map(({ key, liveVersion }) => ({
        audience: key,
        ...(counts.get(liveVersion) ?? { entered: 0, exited: 0 }),
      })),
      since: new Date(since).toISOString(),
      asOf: new Date(now).toISOString(),
    }
  })
}

/** A point for each day, also for those on which nothing happened. */
function pointsOf(days: readonly DayOfAudience[], first: string, last: string): TrendAnswer['points'] {
  const byDay = new Map(days.map((each) => [each.day, each]))
  let size = days.filter(({ day }) => day < first).reduce((sum, { change }) => sum + change, 0)
  const points: TrendAnswer['points'] = []
  for (let ms = Date.parse(first); ms <= Date.parse(last); ms += DAY_MS) {
    const day = new Date(ms).toISOString().slice(0, 10)
    const { change = 0, entered = 0, exited = 0 } = byDay.get(day) ?? {}
    size += change
    points.push({ day, size, entered, exited })
  }
  return points
}

/** The day of a workspace's calendar that a moment is in. */
function dayOf(ms: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone: zone, calendar: 'iso8601' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
  })
  return parts.format(ms)
}
