import { operators } from '@affluent/core/condition/operators/operators'
import type { ValueForm } from '@affluent/core/condition/operators/value-form'
import type { ValueOp } from '@affluent/protocol/condition'
import type { ValueKind } from '@affluent/protocol/endpoints/catalogue'
import { Checkbox, Select } from '@mantine/core'
import { type FunctionComponent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../app/formats.ts'
import { asKind, SCALAR_KINDS, type ScalarKind } from './chips.ts'
import { DateField } from './date-field.tsx'
import css from './fields.module.css'
import { NumberField } from './number-field.tsx'
import { keepSpan, readKeptSpan } from './span.ts'
import { SpanFields } from './span-fields.tsx'
import { isUnread, type NumberDraft } from './typed-number.ts'
import type { ValuesOf } from './use-catalogue.ts'
import { ValueField, ValuesField } from './value-field.tsx'
import {
  formOf,
  mayIgnoreCase,
  opsFor,
  scalarOf,
  type ValueDraft,
  type ValueTestModel,
  withOp,
} from './value-test.ts'

interface ValueTestFieldsProps {
  test: ValueTestModel
  onChange: (test: ValueTestModel) => void
  /** What the values are, as far as is known; it chooses the comparisons that are offered. */
  kinds: readonly ValueKind[]
  /** Of traits, comparisons with now are offered too. */
  timeMoves: boolean
  /** Where values come from, to complete what is typed. */
  of: ValuesOf
}

/** A question to one value: the comparison, then what it takes. */
export function ValueTestFields({ test, onChange, kinds, timeMoves, of }: ValueTestFieldsProps) {
  const { t } = useTranslation('audiences')
  const { language } = useFormats()
  const ops = [...new Set([...opsFor(kinds, timeMoves), test.op])]
  const Values = FIELDS[formOf(test.op)]
  return (
    <>
      <Select
        aria-label={t('fields.op')}
        className={css.op ?? ''}
        data={ops.map((op) => ({ value: op, label: operators[op].label[language] }))}
        value={test.op}
        onChange={(op) => op !== null && onChange(withOp(test, op as ValueOp))}
        allowDeselect={false}
        comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
        maxDropdownHeight={320}
      />
      <Values test={test} onChange={onChange} kinds={kinds} of={of} />
      {mayIgnoreCase(test) && (
        <Checkbox
          size="xs"
          className={css.case ?? ''}
          label={t('fields.ignoreCase')}
          checked={test.ignoresCase}
          onChange={(event) => onChange({ ...test, ignoresCase: event.currentTarget.checked })}
        />
      )}
    </>
  )
}

type ValuesProps = Omit<ValueTestFieldsProps, 'timeMoves'>

/** The fields of every form of value; one that is missing does not compile. */
const FIELDS: Readonly<Record<ValueForm, FunctionComponent<ValuesProps>>> = {
  none: () => null,
  one: Scalars,
  list: Scalars,
  range: Ends,
  date: Day,
  span: Span,
}

function Day({ test, onChange }: ValuesProps) {
  const { t } = useTranslation('audiences')
  return (
    <DateField
      label={t('fields.value')}
      value={textOf(test.values[0] ?? null)}
      onChange={(value) => onChange({ ...test, values: [value === '' ? null : value] })}
    />
  )
}

function Span({ test, onChange }: ValuesProps) {
  const span = readKeptSpan(test.values[0] ?? null) ?? { count: null, unit: 'd' }
  return <SpanFields span={span} onChange={(next) => onChange({ ...test, values: [keepSpan(next)] })} />
}

/** One or several values of one kind; the kind is asked only where it is in doubt. */
function Scalars({ test, onChange, kinds, of }: ValuesProps) {
  const { t } = useTranslation('audiences')
  const { language } = useFormats()
  const [chosen, setChosen] = useState<ScalarKind | undefined>()
  const { op, values } = test
  const forced = scalarOf(op)
  const [first = null] = values
  const kind = forced ?? (first === null ? chosen : undefined) ?? kindOf(first) ?? guess(kinds)
  const isSure = forced !== undefined || (kinds.length === 1 && kinds[0] === kind)
  const isMany = formOf(op) === 'list'
  const choose = (next: ScalarKind) => {
    setChosen(next)
    onChange({ ...test, values: values.map((value) => asKind(value, next, language)), ignoresCase: false })
  }
  return (
    <>
      {!isSure && (
        <Select
          aria-label={t('fields.valueKind')}
          className={css.number ?? ''}
          data={SCALAR_KINDS.map((one) => ({ value: one, label: t(`fields.valueKinds.${one}`) }))}
          value={kind}
          onChange={(next) => next !== null && next !== kind && choose(next as ScalarKind)}
          allowDeselect={false}
          comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
        />
      )}
      {isMany ? (
        <ValuesField
          label={t('fields.values')}
          kind={kind}
          values={values}
          onChange={(next) => onChange({ ...test, values: next })}
          of={of}
        />
      ) : (
        <ValueField
          label={t('fields.value')}
          kind={kind}
          value={first}
          onChange={(next) => onChange({ ...test, values: [next] })}
          of={of}
        />
      )}
    </>
  )
}

/** Two numbers or two dates. */
function Ends({ test, onChange, kinds }: ValuesProps) {
  const { t } = useTranslation('audiences')
  const [chosen, setChosen] = useState<'number' | 'text' | undefined>()
  const [low = null, high = null] = test.values
  const known = low ?? high
  const isText =
    known === null
      ? (chosen ?? (kinds.includes('text') ? 'text' : 'number')) === 'text'
      : typeof known === 'string'
  const give = (...values: readonly ValueDraft[]) => onChange({ ...test, values })
  const isSure = kinds.length === 1
  return (
    <>
      {!isSure && (
        <Select
          aria-label={t('fields.valueKind')}
          className={css.number ?? ''}
          data={[
            { value: 'number', label: t('fields.valueKinds.number') },
            { value: 'text', label: t('fields.date') },
          ]}
          value={isText ? 'text' : 'number'}
          onChange={(next) => {
            setChosen(next === 'text' ? 'text' : 'number')
            give(null, null)
          }}
          allowDeselect={false}
        />
      )}
      {isText ? (
        <>
          <DateField
            label={t('fields.from')}
            value={textOf(low)}
            onChange={(value) => give(value === '' ? null : value, high)}
          />
          <DateField
            label={t('fields.to')}
            value={textOf(high)}
            onChange={(value) => give(low, value === '' ? null : value)}
          />
        </>
      ) : (
        <>
          <NumberField
            label={t('fields.from')}
            value={numberOf(low)}
            onChange={(value) => give(value, high)}
            className={css.number}
          />
          <NumberField
            label={t('fields.to')}
            value={numberOf(high)}
            onChange={(value) => give(low, value)}
            className={css.number}
          />
        </>
      )}
    </>
  )
}

function kindOf(value: ValueDraft): ScalarKind | undefined {
  if (value === null) return undefined
  if (isUnread(value)) return 'number'
  return typeof value === 'string' ? 'text' : (typeof value as 'number' | 'boolean')
}

function guess(kinds: readonly ValueKind[]): ScalarKind {
  return SCALAR_KINDS.find((kind) => kinds.includes(kind)) ?? 'text'
}

function textOf(value: ValueDraft): string {
  return typeof value === 'string' ? value : ''
}

function numberOf(value: ValueDraft): NumberDraft {
  return typeof value === 'number' || isUnread(value) ? value : null
}
