import type { CatalogueAnswer } from '@affluent/protocol/endpoints/catalogue'
import { EVENT_TYPES, type EventType, HANDLING_STATES } from '@affluent/protocol/event'
import { Button, Select } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconFilterOff } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { NameField } from '../../conditions/name-field.tsx'
import { type Suggestion, useCatalogue } from '../../conditions/use-catalogue.ts'
import css from './feed-filters.module.css'
import { type FeedFilter, isUnfiltered, OUTCOMES } from './live-search.ts'
import { useSources } from './use-sources.ts'

interface FeedFiltersProps {
  filter: FeedFilter
  onFilter: (filter: FeedFilter) => void
}

const PAUSE_MS = 350

/** What is asked for; the address keeps it. */
export function FeedFilters({ filter, onFilter }: FeedFiltersProps) {
  const { t } = useTranslation('live')
  const { sources } = useSources()
  const catalogue = useCatalogue()
  const names = namesOf(catalogue, filter.type)
  const change = (part: FeedFilter) => onFilter({ ...filter, ...part })
  return (
    <search className={css.filters} aria-label={t('filters.title')}>
      <Select
        aria-label={t('columns.type')}
        placeholder={t('filters.anyType')}
        clearable
        value={filter.type ?? null}
        onChange={(value) => change({ type: EVENT_TYPES.find((one) => one === value) })}
        data={[...EVENT_TYPES]}
        className={css.choice}
      />
      <LateText
        label={t('columns.name')}
        placeholder={t('filters.anyName')}
        value={filter.name}
        suggestions={names}
        onValue={(name) => change({ name })}
      />
      <LateText
        label={t('filters.identifier')}
        placeholder={t('filters.anyIdentifier')}
        value={filter.identifier}
        onValue={(identifier) => change({ identifier })}
      />
      <Select
        aria-label={t('columns.state')}
        placeholder={t('filters.anyState')}
        clearable
        value={filter.outcome ?? null}
        onChange={(value) => change({ outcome: OUTCOMES.find((one) => one === value) })}
        data={OUTCOMES.map((value) => ({ value, label: t(`outcomes.${value}`) }))}
        className={css.choice}
      />
      <Select
        aria-label={t('filters.handling')}
        placeholder={t('filters.anyHandling')}
        clearable
        value={filter.handling ?? null}
        onChange={(value) => change({ handling: HANDLING_STATES.find((one) => one === value) })}
        data={HANDLING_STATES.map((value) => ({ value, label: t(`handling.${value}`) }))}
        className={css.choice}
      />
      {(sources.length > 1 || filter.source !== undefined) && (
        <Select
          aria-label={t('columns.source')}
          placeholder={t('filters.anySource')}
          clearable
          value={filter.source ?? null}
          onChange={(value) => change({ source: value ?? undefined })}
          data={sourceChoices(
            sources.map(({ slug, name }) => ({ value: slug, label: name })),
            filter.source,
          )}
          className={css.choice}
        />
      )}
      {!isUnfiltered(filter) && (
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconFilterOff size={14} stroke={1.5} aria-hidden />}
          onClick={() => onFilter({})}
        >
          {t('filters.clear')}
        </Button>
      )}
    </search>
  )
}

/** Names of events of one type, or of any, most frequent first. */
function namesOf(catalogue: CatalogueAnswer | undefined, type: EventType | undefined): Suggestion[] {
  const events = catalogue?.events.filter((event) => type === undefined || event.type === type) ?? []
  return events.map(({ name, count }) => ({ value: name, count }))
}

interface Choice {
  readonly value: string
  readonly label: string
}

function sourceChoices(known: Choice[], chosen: string | undefined): Choice[] {
  const isUnknown = chosen !== undefined && !known.some(({ value }) => value === chosen)
  return isUnknown ? [...known, { value: chosen, label: chosen }] : known
}

interface LateTextProps {
  label: string
  placeholder: string
  value: string | undefined
  /** Names to complete what is typed; none: any text. */
  suggestions?: readonly Suggestion[]
  onValue: (value: string | undefined) => void
}

/** A text that counts once somebody stops typing, or presses Enter. */
function LateText({ label, placeholder, value, suggestions = [], onValue }: LateTextProps) {
  const [text, setText] = useState(value ?? '')
  useEffect(() => setText(value ?? ''), [value])
  const tell = useDebouncedCallback((typed: string) => onValue(typed === '' ? undefined : typed), {
    delay: PAUSE_MS,
    flushOnUnmount: false,
  })
  return (
    <NameField
      label={label}
      placeholder={placeholder}
      value={text}
      suggestions={suggestions}
      onChange={(typed) => {
        setText(typed)
        tell(typed.trim())
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') tell.flush()
      }}
      className={css.text}
    />
  )
}
