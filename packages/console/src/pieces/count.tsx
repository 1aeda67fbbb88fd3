import { Tooltip } from '@mantine/core'
import { useFormats } from '../app/formats.ts'
import { Anchor } from './anchor.tsx'

interface CountProps {
  value: number | null | undefined
  /** Shortens from ten thousand on (12.4K); the exact number is on hover. */
  compact?: boolean
  /** Where the events or people behind the number are. */
  href?: string | undefined
  /** What is counted, for the hover and for screen readers: "events". */
  unit?: string | undefined
}

/** A number in the member's way of writing; an en dash when there is none. */
export function Count({ value, compact = false, href, unit }: CountProps) {
  const formats = useFormats()
  if (value === null || value === undefined) return <span className="quiet">–</span>
  const exact = formats.number(value)
  const shown = compact ? formats.compact(value) : exact
  const full = unit === undefined ? exact : `${exact} ${unit}`
  const text = href === undefined ? <span>{shown}</span> : <Anchor href={href}>{shown}</Anchor>
  if (shown === exact && unit === undefined) return text
  return <Tooltip label={full}>{text}</Tooltip>
}
