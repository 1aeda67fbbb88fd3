import { Autocomplete } from '@mantine/core'
import { Option } from './option.tsx'
import type { Suggestion } from './use-catalogue.ts'

interface NameFieldProps {
  /** Names the field for screen readers; also what stands in it while it is empty. */
  label: string
  /** The label when absent. */
  placeholder?: string
  value: string
  onChange: (value: string) => void
  /** Most frequent first. */
  suggestions: readonly Suggestion[]
  className?: string | undefined
  /** Takes the focus when what it belongs to is added. */
  isFirst?: boolean
  onKeyDown?: (event: { key: string }) => void
}

const SHOWN = 50

/** A name: chosen from those that have been seen, with their counts, or typed freely. */
export function NameField({
  label,
  value,
  onChange,
  suggestions,
  className,
  isFirst,
  placeholder = label,
  onKeyDown,
}: NameFieldProps) {
  const counts = new Map<string, number>()
  // pages and actions may have one name
  for (const { value: name, count } of suggestions) counts.set(name, (counts.get(name) ?? 0) + count)
  return (
    <Autocomplete
      aria-label={label}
      data-first={isFirst || undefined}
      placeholder={placeholder}
      value={value}
      onChange={onChange}
      data={[...counts.keys()].filter((name) => name !== '')}
      limit={SHOWN}
      renderOption={({ option }) => <Option value={option.value} count={counts.get(option.value)} />}
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      maxDropdownHeight={280}
      {...(onKeyDown === undefined ? {} : { onKeyDown })}
      autoComplete="off"
      spellCheck={false}
      {...(className === undefined ? {} : { className })}
    />
  )
}
