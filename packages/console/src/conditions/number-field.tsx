import { NumberInput } from '@mantine/core'
import { useFormats } from '../app/formats.ts'

interface NumberFieldProps {
  label: string
  value: number | null
  onChange: (value: number | null) => void
  className?: string | undefined
  /** Whole numbers from 0. */
  isCount?: boolean
  suffix?: string | undefined
}

/** A number, typed as the language writes it; null while it is empty or unfinished. */
export function NumberField({
  label,
  value,
  onChange,
  className,
  isCount = false,
  suffix,
}: NumberFieldProps) {
  const { language } = useFormats()
  return (
    <NumberInput
      aria-label={label}
      placeholder={label}
      value={value ?? ''}
      onChange={(next) => onChange(typeof next === 'number' && Number.isFinite(next) ? next : null)}
      decimalSeparator={language === 'fr' ? ',' : '.'}
      allowedDecimalSeparators={['.', ',']}
      allowNegative={!isCount}
      allowDecimal={!isCount}
      hideControls
      autoComplete="off"
      {...(isCount ? { min: 0 } : {})}
      {...(suffix === undefined ? {} : { suffix })}
      {...(className === undefined ? {} : { className })}
    />
  )
}
