import type { AudienceAnswer } from '@affluent/protocol/api'
import type { ConnectionAnswer } from '@affluent/protocol/delivery-api'
import type { Json } from '@affluent/protocol/event'
import type { SourceAnswer } from '@affluent/protocol/source-api'
import { useTranslation } from 'react-i18next'
import { useGet } from '../../api/use-get.ts'
import { useSpeaker } from '../../conditions/use-speaker.ts'
import { describeFilter } from './describe-filter.ts'

/** Says where a connection comes from, and what it lets pass. */
export interface ConnectionWords {
  readonly from: (connection: Pick<ConnectionAnswer, 'from'>) => string
  readonly filter: (filter: unknown) => string
  readonly sources: readonly SourceAnswer[]
  readonly audiences: readonly AudienceAnswer[]
}

const NO_VALUES = { event: '', type: '', source: '', filter: '', value: '' }

/** Words for connections, with the names of sources and audiences. */
export function useConnectionWords(): ConnectionWords {
  const { t } = useTranslation('destinations')
  const speaker = useSpeaker()
  const sources = useGet<{ sources: SourceAnswer[] }>('/v1/sources', { freshMs: 30_000 }).data?.sources ?? []
  const audiences = useGet<{ audiences: AudienceAnswer[] }>('/v1/audiences', { freshMs: 30_000 }).data
    ?.audiences
  const sourceName = (slug: string) => sources.find((one) => one.slug === slug)?.name ?? slug
  return {
    sources,
    audiences: audiences ?? [],
    from: ({ from }) => {
      if ('audience' in from) return t('connections.audience', { name: speaker.nameOf(from.audience) })
      return from.source === '*'
        ? t('connections.allSources')
        : t('connections.source', { name: sourceName(from.source) })
    },
    filter: (filter) =>
      describeFilter((filter ?? null) as Json, {
        ...{ speaker, sourceName },
        typeName: (type) => type,
        say: (key, values) => t(`filters.${key}`, { ...NO_VALUES, ...values }),
      }),
  }
}
