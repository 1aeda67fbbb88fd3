import { CALENDAR_UNITS, type CalendarUnit } from '@affluent/protocol/condition'
import { Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { DateField } from './date-field.tsx'
import css from './fields.module.css'
import { NumberField } from './number-field.tsx'
import { SpanFields } from './span-fields.tsx'
import type { WindowModel } from './window-model.ts'

const KINDS = ['ever', 'rolling', 'this', 'previous', 'range'] as const
type Kind = (typeof KINDS)[number]

interface WindowFieldsProps {
  /** null: for ever */
  window: WindowModel | null
  onChange: (window: WindowModel | null) => void
}

/** When an event counts. */
export function WindowFields({ window, onChange }: WindowFieldsProps) {
  const { t } = useTranslation('audiences')
  return (
    <>
      <Select
        aria-label={t('fields.window')}
        className={css.value ?? ''}
        data={KINDS.map((kind) => ({ value: kind, label: t(`fields.windows.${kind}`) }))}
        value={window?.kind ?? 'ever'}
        onChange={(kind) => onChange(begin(kind as Kind))}
        allowDeselect={false}
        comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      />
      {window !== null && <Bounds window={window} onChange={onChange} />}
    </>
  )
}

function Bounds({ window, onChange }: { window: WindowModel; onChange: (window: WindowModel) => void }) {
  const { t } = useTranslation('audiences')
  switch (window.kind) {
    case 'rolling':
      return <SpanFields span={window.span} onChange={(span) => onChange({ ...window, span })} />
    case 'this':
      return <Period unit={window.unit} onChange={(unit) => onChange({ ...window, unit })} />
    case 'previous':
      return (
        <>
          <NumberField
            label={t('fields.windowCount')}
            value={window.count}
            onChange={(count) => onChange({ ...window, count })}
            className={css.number}
            isWhole
            min={1}
          />
          <Period unit={window.unit} onChange={(unit) => onChange({ ...window, unit })} />
        </>
      )
    case 'range':
      return (
        <>
          <DateField
            label={t('fields.after')}
            value={window.from}
            onChange={(from) => onChange({ ...window, from })}
          />
          <DateField
            label={t('fields.before')}
            value={window.to}
            onChange={(to) => onChange({ ...window, to })}
          />
        </>
      )
  }
}

function Period({ unit, onChange }: { unit: CalendarUnit; onChange: (unit: CalendarUnit) => void }) {
  const { t } = useTranslation('audiences')
  return (
    <Select
      aria-label={t('fields.windowUnit')}
      className={css.unit ?? ''}
      data={CALENDAR_UNITS.map((one) => ({ value: one, label: t(`fields.periods.${one}`) }))}
      value={unit}
      onChange={(next) => next !== null && onChange(next as CalendarUnit)}
      allowDeselect={false}
    />
  )
}

function begin(kind: Kind): WindowModel | null {
  switch (kind) {
    case 'ever':
      return null
    case 'rolling':
      return { kind, span: { count: 30, unit: 'd' } }
    case 'this':
      return { kind, unit: 'month' }
    case 'previous':
      return { kind, count: 1, unit: 'month' }
    case 'range':
      return { kind, from: '', to: '' }
  }
}
