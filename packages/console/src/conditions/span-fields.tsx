import { SPAN_UNITS, type SpanUnit } from '@affluent/core/condition/window-text'
import { Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import css from './fields.module.css'
import { NumberField } from './number-field.tsx'
import type { Span } from './span.ts'

const USUAL: readonly SpanUnit[] = ['m', 'h', 'd', 'w', 'month', 'quarter', 'year']

/** A stretch of time: how many of which unit. */
export function SpanFields({ span, onChange }: { span: Span; onChange: (span: Span) => void }) {
  const { t } = useTranslation('audiences')
  // the others are only for conditions that came by the API with them
  const units = SPAN_UNITS.filter((unit) => USUAL.includes(unit) || unit === span.unit)
  return (
    <>
      <NumberField
        label={t('fields.windowCount')}
        value={span.count}
        onChange={(count) => onChange({ ...span, count })}
        className={css.number}
        isWhole
        min={1}
      />
      <Select
        aria-label={t('fields.windowUnit')}
        className={css.unit ?? ''}
        data={units.map((unit) => ({ value: unit, label: t(`fields.units.${unit}`) }))}
        value={span.unit}
        onChange={(unit) => unit !== null && onChange({ ...span, unit: unit as SpanUnit })}
        allowDeselect={false}
        comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      />
    </>
  )
}
