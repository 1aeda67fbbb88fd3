import { EVENT_TYPES, type EventType } from '@affluent/protocol/event'
import { Button, Select, TagsInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Option } from '../../conditions/option.tsx'
import { PropertyTestFields } from '../../conditions/property-test-fields.tsx'
import { useCatalogue } from '../../conditions/use-catalogue.ts'
import { emptyTest } from '../../conditions/value-test.ts'
import { ErrorNote } from '../../pieces/error-note.tsx'
import css from './destinations.module.css'
import type { FilterModel } from './filter-model.ts'

interface FilterFormProps {
  filter: FilterModel
  onChange: (filter: FilterModel) => void
  /** null: the connection is from an audience, whose moves have two names; empty: from one source only */
  sources: ReadonlyArray<{ slug: string; name: string }> | null
}

const MOVES = ['Audience Entered', 'Audience Exited']

/** Which events pass: by name, properties, type and source. */
export function FilterForm({ filter, onChange, sources }: FilterFormProps) {
  const { t } = useTranslation('destinations')
  const catalogue = useCatalogue()
  const { events, tests, type, source } = filter
  const [first = ''] = events
  const seen = new Map(
    (sources === null ? [] : (catalogue?.events ?? []))
      .filter((one) => one.name !== '' && (type === null || one.type === type))
      .map((one) => [one.name, one.count]),
  )
  const names = sources === null ? MOVES : [...seen.keys()]
  const nextId = Math.max(0, ...tests.map(({ id }) => id)) + 1
  return (
    <div className={css.fieldset}>
      <TagsInput
        label={t('connectionForm.events')}
        description={t('connectionForm.eventsHint')}
        value={[...events]}
        onChange={(next) => onChange({ ...filter, events: next })}
        data={names}
        renderOption={({ option }) => <Option value={option.value} count={seen.get(option.value)} />}
        maxDropdownHeight={240}
        splitChars={[]}
        acceptValueOnBlur
      />
      {tests.length > 0 && <span className="note">{t('connectionForm.tests')}</span>}
      {tests.map((test) => (
        <PropertyTestFields
          key={test.id}
          event={first}
          type={type ?? 'track'}
          test={test}
          onChange={(next) =>
            onChange({ ...filter, tests: tests.map((one) => (one.id === test.id ? next : one)) })
          }
          onRemove={() => onChange({ ...filter, tests: tests.filter((one) => one.id !== test.id) })}
        />
      ))}
      {tests.length > 0 && events.length === 0 && <ErrorNote>{t('connectionForm.testsNeedEvent')}</ErrorNote>}
      <div>
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<IconPlus size={12} stroke={1.75} aria-hidden />}
          disabled={events.length === 0}
          onClick={() =>
            onChange({
              ...filter,
              tests: [...tests, { id: nextId, property: '', test: emptyTest('equals') }],
            })
          }
        >
          {t('connectionForm.addTest')}
        </Button>
      </div>
      {sources !== null && (
        <div className={css.field}>
          <Select
            label={t('connectionForm.type')}
            description={t('connectionForm.typeHint')}
            placeholder={t('connectionForm.anyType')}
            data={[...EVENT_TYPES]}
            value={type}
            onChange={(next) => onChange({ ...filter, type: next as EventType | null })}
            clearable
          />
          {sources.length > 0 && (
            <Select
              label={t('connectionForm.source')}
              description={t('connectionForm.sourceHint')}
              placeholder={t('connectionForm.anySource')}
              data={sources.map(({ slug, name }) => ({ value: slug, label: name }))}
              value={source}
              onChange={(next) => onChange({ ...filter, source: next })}
              clearable
            />
          )}
        </div>
      )}
    </div>
  )
}
