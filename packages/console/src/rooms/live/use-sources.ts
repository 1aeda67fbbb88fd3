import type { SourceAnswer } from '@affluent/protocol/endpoints/sources'
import { useMemo } from 'react'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { useMay } from '../../api/use-may.ts'

const FRESH_MS = 30_000

export interface KnownSources {
  /** Empty until they are known. */
  readonly sources: readonly SourceAnswer[]
  readonly isKnown: boolean
  /** The name of the source with a slug; the slug where it has none. */
  readonly nameOf: (slug: string) => string
}

/** The sources of the workspace; none for those who may not see them, and then a source is called by its slug. */
export function useSources(): KnownSources {
  const may = useMay('sources:read')
  const { data } = useGet(api('GET /v1/sources'), { freshMs: FRESH_MS, enabled: may })
  return useMemo(() => {
    const sources = data?.sources ?? []
    const names = new Map(sources.map(({ slug, name }) => [slug, name]))
    return { sources, isKnown: data !== undefined, nameOf: (slug) => names.get(slug) ?? slug }
  }, [data])
}
