import type { SourceAnswer } from '@affluent/protocol/source-api'
import { useMemo } from 'react'
import { useGet } from '../../api/use-get.ts'

const FRESH_MS = 30_000

export interface KnownSources {
  /** Empty until they are known. */
  readonly sources: readonly SourceAnswer[]
  readonly isKnown: boolean
  /** The name of the source with a slug; the slug where it has none. */
  readonly nameOf: (slug: string) => string
}

/** The sources of the workspace. */
export function useSources(): KnownSources {
  const { data } = useGet<{ sources: SourceAnswer[] }>('/v1/sources', { freshMs: FRESH_MS })
  return useMemo(() => {
    const sources = data?.sources ?? []
    const names = new Map(sources.map(({ slug, name }) => [slug, name]))
    return { sources, isKnown: data !== undefined, nameOf: (slug) => names.get(slug) ?? slug }
  }, [data])
}
