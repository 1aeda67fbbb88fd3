import type { PipelineAnswer } from '@affluent/protocol/api'
import type { DestinationAnswer } from '@affluent/protocol/delivery-api'
import type { OpenOutcomesAnswer } from '@affluent/protocol/outcome-api'
import type { SourceAnswer } from '@affluent/protocol/source-api'
import { useEffect, useMemo, useState } from 'react'
import type { ApiError } from '../../api/api-error.ts'
import { useGet } from '../../api/use-get.ts'
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
  const { data: open } = useGet<OpenOutcomesAnswer>('/v1/outcomes/open', { everyMs: ARMS_EVERY_MS })
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
    if (data === undefined || sources === undefined) return undefined
    return riverOf(
      data,
      ratesOf(samples),
      sources.sources,
      destinations?.destinations ?? [],
      open ?? NONE_OPEN,
      places,
    )
  }, [data, samples, sources, destinations, open, places])
  return { river, at: dataUpdatedAt, error, retry: refetch }
}

/** Running counts of the workspace, each second. */
export function usePipeline() {
  return useGet<PipelineAnswer>('/v1/pipeline', { everyMs: PIPELINE_EVERY_MS })
}

/** The sources with their health. */
export function useSources() {
  return useGet<{ sources: SourceAnswer[] }>('/v1/sources', { everyMs: ARMS_EVERY_MS })
}

/** The destinations with their health. */
export function useDestinations() {
  return useGet<{ destinations: DestinationAnswer[] }>('/v1/destinations', { everyMs: ARMS_EVERY_MS })
}
