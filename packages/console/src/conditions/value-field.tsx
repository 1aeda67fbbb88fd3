import { Autocomplete, Select, TagsInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../app/formats.ts'
import { chipOf, readChip, type ScalarKind } from './chips.ts'
import css from './fields.module.css'
import { NumberField, useNumberFaults } from './number-field.tsx'
import { Option } from './option.tsx'
import { isUnread } from './typed-number.ts'
import { useValues, type ValuesOf } from './use-catalogue.ts'
import type { ValueDraft } from './value-test.ts'

const PAUSE_MS = 150

interface ValueFieldProps {
  label: string
  kind: ScalarKind
  value: ValueDraft
  onChange: (value: ValueDraft) => void
  of: ValuesOf
}

/** One value; texts are completed from those that have been seen. */
export function ValueField({ label, kind, value, onChange, of }: ValueFieldProps) {
  const { t } = useTranslation('audiences')
  if (kind === 'number')
    return (
      <NumberField
        label={label}
        value={typeof value === 'number' || isUnread(value) ? value : null}
        onChange={onChange}
        className={css.unit}
      />
    )
  if (kind === 'boolean')
    return (
      <Select
        aria-label={label}
        placeholder={label}
        className={css.number ?? ''}
        data={[
          { value: 'true', label: t('fields.yes') },
          { value: 'false', label: t('fields.no') },
        ]}
        value={typeof value === 'boolean' ? String(value) : null}
        onChange={(next) => onChange(next === null ? null : next === 'true')}
        allowDeselect={false}
      />
    )
  return (
    <TextField label={label} value={typeof value === 'string' ? value : ''} onChange={onChange} of={of} />
  )
}

interface TextFieldProps extends Omit<ValueFieldProps, 'kind' | 'value'> {
  value: string
}

function TextField({ label, value, onChange, of }: TextFieldProps) {
  const [isOpen, setOpen] = useState(false)
  const [prefix] = useDebouncedValue(value, PAUSE_MS)
  const counts = textsOf(useValues(of, prefix, isOpen))
  return (
    <Autocomplete
      aria-label={label}
      placeholder={label}
      className={css.value ?? ''}
      value={value}
      onChange={(next) => onChange(next === '' ? null : next)}
      data={[...counts.keys()]}
      // the server has chosen by what was typed
      filter={({ options }) => options}
      renderOption={({ option }) => <Option value={option.value} count={counts.get(option.value)} />}
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      maxDropdownHeight={280}
      onDropdownOpen={() => setOpen(true)}
      onFocus={() => setOpen(true)}
      autoComplete="off"
      spellCheck={false}
    />
  )
}

interface ValuesFieldProps {
  label: string
  kind: ScalarKind
  values: readonly ValueDraft[]
  onChange: (values: readonly ValueDraft[]) => void
  of: ValuesOf
}

/** Any number of values; Enter adds one. */
export function ValuesField({ label, kind, values, onChange, of }: ValuesFieldProps) {
  const { t } = useTranslation('audiences')
  const { language } = useFormats()
  const sayFault = useNumberFaults()
  const [isOpen, setOpen] = useState(false)
  const [typed, setTyped] = useState('')
  const [prefix] = useDebouncedValue(typed, PAUSE_MS)
  const seen = useValues(of, prefix, isOpen)
  const wrong = values.find(isUnread)
  const known = new Map(
    values.flatMap((value) => (value === null ? [] : [[chipOf(value, language), value] as const])),
  )
  const offered = new Map(seen.map(({ value, count }) => [chipOf(value, language), { value, count }]))
  return (
    <TagsInput
      aria-label={label}
      placeholder={values.length === 0 ? t('fields.valuesHint') : ''}
      className={css.values ?? ''}
      value={[...known.keys()]}
      onChange={(chips) =>
        onChange(
          chips.map((chip) => known.get(chip) ?? offered.get(chip)?.value ?? readChip(chip, kind, language)),
        )
      }
      error={
        wrong === undefined
          ? undefined
          : t('fields.numberFaults.ofValue', { value: wrong.typed, fault: sayFault(wrong.typed) })
      }
      searchValue={typed}
      onSearchChange={setTyped}
      data={[...offered.keys()]}
      filter={({ options }) => options}
      renderOption={({ option }) => <Option value={option.value} count={offered.get(option.value)?.count} />}
      splitChars={[]}
      acceptValueOnBlur
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      maxDropdownHeight={280}
      onFocus={() => setOpen(true)}
    />
  )
}

function textsOf(values: ReturnType<typeof useValues>): Map<string, number> {
  const texts = values.filter(({ value }) => typeof value === 'string')
  return new Map(texts.map(({ value, count }) => [String(value), count]))
}
