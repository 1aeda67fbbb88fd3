import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import type { ConnectionAnswer } from '@affluent/protocol/endpoints/connections'
import type { SourceAnswer } from '@affluent/protocol/endpoints/sources'
import type { Json } from '@affluent/protocol/event'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { useMay } from '../../api/use-may.ts'
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
  const enabled = useMay('sources:read')
  const sources = useGet(api('GET /v1/sources'), { freshMs: 30_000, enabled }).data?.sources ?? []
  const audiences = useGet(api('GET /v1/audiences'), { freshMs: 30_000 }).data?.audiences
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
