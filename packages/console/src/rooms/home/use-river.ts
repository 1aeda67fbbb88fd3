import type { OpenOutcomesAnswer } from '@affluent/protocol/endpoints/outcomes'
import { useEffect, useMemo, useState } from 'react'
import type { ApiError } from '../../api/api-error.ts'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { useMay, useMayDo } from '../../api/use-may.ts'
import { usePlaces } from '../../app/places.ts'
import { ratesOf, type Sample, withSample } from './flow-rates.ts'
import { type River, riverOf } from './river-model.ts'

const PIPELINE_EVERY_MS = 1_000
const ARMS_EVERY_MS = 5_000
const NONE_OPEN: OpenOutcomesAnswer = { refused: 0, quarantined: 0, filtered: 0 }

/** The living numbers of Home: asked each second while the tab is seen. */
export function useRiver(): {
  river: River | undefined
  /** When the numbers were answered, in milliseconds. */
  at: number
  error: ApiError | null
  retry: () => unknown
} {
  const places = usePlaces()
  const { data, dataUpdatedAt, error, refetch } = usePipeline()
  const { data: sources } = useSources()
  const { data: destinations } = useDestinations()
  const may = useMayDo()
  const maySources = may('sources:read')
  const { data: open } = useGet(api('GET /v1/outcomes/open'), {
    everyMs: ARMS_EVERY_MS,
    enabled: may('quarantine:read'),
  })
  const [samples, setSamples] = useState<readonly Sample[]>([])
  useEffect(() => {
    if (data === undefined) return
    const { accepted, processed, loaded, duplicates, filtered, quarantined, refused } = data
    const counters = {
      accepted,
      processed,
      loaded,
      duplicates,
      filtered,
      quarantined,
      refused,
      ...data.deliveries,
    }
    setSamples((before) => withSample(before, { at: dataUpdatedAt, counters }))
  }, [data, dataUpdatedAt])
  const river = useMemo(() => {
    if (data === undefined || (sources === undefined && maySources)) return undefined
    return riverOf(
      data,
      ratesOf(samples),
      sources?.sources ?? [],
      destinations?.destinations ?? [],
      open ?? NONE_OPEN,
      places,
    )
  }, [data, samples, sources, maySources, destinations, open, places])
  return { river, at: dataUpdatedAt, error, retry: refetch }
}

/** Running counts of the workspace, each second. */
export function usePipeline() {
  return useGet(api('GET /v1/pipeline'), { everyMs: PIPELINE_EVERY_MS })
}

/** The sources with their health. */
export function useSources() {
  return useGet(api('GET /v1/sources'), { everyMs: ARMS_EVERY_MS, enabled: useMay('sources:read') })
}

/** The destinations with their health. */
export function useDestinations() {
  return useGet(api('GET /v1/destinations'), { everyMs: ARMS_EVERY_MS })
}
