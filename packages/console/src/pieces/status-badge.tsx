import type { Icon } from '@tabler/icons-react'
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClockPause,
  IconProgress,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import css from './status-badge.module.css'

/**
 * good: as it should be · busy: under way · warn: look at it · bad: failed · held: kept back on purpose · quiet: idle
 */
export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'held' | 'quiet'

const ICONS: Readonly<Record<Tone, Icon>> = {
  good: IconCircleCheck,
  busy: IconProgress,
  warn: IconAlertTriangle,
  bad: IconCircleX,
  held: IconClockPause,
  quiet: IconCircleDashed,
}

interface StatusBadgeProps {
  tone: Tone
  children: ReactNode
  /** Another icon than that of the tone. */
  icon?: Icon
  /** Without a ground of its own, for tables. */
  plain?: boolean
}

/** A state: icon and word in the colour of its tone, never the colour alone. */
export function StatusBadge({ tone, children, icon, plain = false }: StatusBadgeProps) {
  const Sign = icon ?? ICONS[tone]
  return (
    <span className={css.badge} data-tone={tone} data-plain={plain || undefined}>
      <Sign size={14} stroke={1.75} aria-hidden />
      <span>{children}</span>
    </span>
  )
}
