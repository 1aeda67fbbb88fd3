import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../app/formats.ts'
import css from './fields.module.css'
import {
  draftOfNumber,
  isUnread,
  type NumberBounds,
  type NumberDraft,
  readNumber,
  textOfNumber,
} from './typed-number.ts'

interface NumberFieldProps extends NumberBounds {
  label: string
  value: NumberDraft
  onChange: (value: NumberDraft) => void
  className?: string | undefined
  /** Stands behind the number, such as "%". */
  unit?: string | undefined
}

/**
 * A number, typed as either language writes it. What is typed stays as it was typed, and what is no number is marked
 * with what is wrong.
 */
export function NumberField({ label, value, onChange, className, unit, ...bounds }: NumberFieldProps) {
  const { language } = useFormats()
  const say = useNumberFaults(bounds)
  const [text, setText] = useState(() => textOfNumber(value, language))
  const shown = isSame(draftOfNumber(text, language, bounds), value) ? text : textOfNumber(value, language)
  if (shown !== text) setText(shown)
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      value={shown}
      onChange={(event) => {
        const typed = event.currentTarget.value
        setText(typed)
        onChange(draftOfNumber(typed, language, bounds))
      }}
      error={isUnread(value) ? say(shown) : undefined}
      inputMode={bounds.min === undefined ? 'text' : 'decimal'}
      autoComplete="off"
      classNames={{ wrapper: className, error: css.numberFault }}
      {...(unit === undefined ? {} : { rightSection: <span className="note">{unit}</span> })}
    />
  )
}

/** What is wrong with a text that should be a number, in words. */
export function useNumberFaults(bounds: NumberBounds = {}): (text: string) => string {
  const { t } = useTranslation('audiences')
  const { language, number } = useFormats()
  return (text) => {
    const fault = readNumber(text, language, bounds)
    switch (fault) {
      case 'tooSmall':
        return t('fields.numberFaults.tooSmall', { min: number(bounds.min ?? 0) })
      case 'tooLarge':
        return bounds.max === undefined
          ? t('fields.numberFaults.tooExact')
          : t('fields.numberFaults.tooLarge', { max: number(bounds.max) })
      case 'notWhole':
      case 'tooExact':
        return t(`fields.numberFaults.${fault}`)
      default:
        return t('fields.numberFaults.notANumber', { example: number(1234.5) })
    }
  }
}

function isSame(a: NumberDraft, b: NumberDraft): boolean {
  return isUnread(a) && isUnread(b) ? a.typed === b.typed : a === b
}
