import { Select } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Snippet } from '../sources/snippet.tsx'
import { useSources } from './use-river.ts'

/** The snippet of a source that takes events; with more than one, one chooses. */
export function FirstSnippet({ step }: { step: 'event' | 'profile' }) {
  const { t } = useTranslation('home')
  const [slug, setSlug] = useState<string | null>(null)
  const sources = (useSources().data?.sources ?? []).filter(
    ({ writeKey, enabled }) => writeKey !== null && enabled,
  )
  const source = sources.find((one) => one.slug === slug) ?? sources[0]
  const writeKey = source?.writeKey
  if (source === undefined || writeKey === undefined || writeKey === null)
    return <p className="quiet">{t('start.noKey')}</p>
  return (
    <Snippet
      step={step}
      writeKey={writeKey}
      beside={
        sources.length > 1 && (
          <Select
            size="xs"
            aria-label={t('start.source')}
            allowDeselect={false}
            value={source.slug}
            onChange={setSlug}
            data={sources.map((one) => ({ value: one.slug, label: one.name }))}
          />
        )
      }
    />
  )
}
