import { TextInput } from '@mantine/core'
import css from './fields.module.css'

const DAY_CHARS = 10

interface DateFieldProps {
  label: string
  /** ISO 8601; '' when there is none */
  value: string
  onChange: (value: string) => void
}

/** A day; one with a time of day, which the API also takes, stays a text. */
export function DateField({ label, value, onChange }: DateFieldProps) {
  const hasTime = value.length > DAY_CHARS
  return (
    <TextInput
      type={hasTime ? 'text' : 'date'}
      aria-label={label}
      title={label}
      className={(hasTime ? css.value : css.date) ?? ''}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
