import { Button } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { LiveDot } from '../../pieces/live-dot.tsx'
import css from './feed-table.module.css'

interface FeedBarProps {
  /** Looks at the past: nothing is followed. */
  isPast: boolean
  isPaused: boolean
  /** Held because somebody reads further down. */
  isBelow: boolean
  isInterrupted: boolean
  onPause: () => void
  onGoOn: () => void
  /** From the past to now. */
  onNow: () => void
  /** What there is to say. */
  children: ReactNode
}

/** Whether the list moves, and the way to hold it still. */
export function FeedBar({ isPast, onNow, children, ...live }: FeedBarProps) {
  const { t } = useTranslation('live')
  return (
    <div className={css.bar}>
      {isPast ? (
        <>
          <span className="note">{t('past')}</span>
          <Button size="xs" variant="default" onClick={onNow}>
            {t('toNow')}
          </Button>
        </>
      ) : (
        <Following {...live} />
      )}
      {children}
    </div>
  )
}

function Following({
  isPaused,
  isBelow,
  isInterrupted,
  onPause,
  onGoOn,
}: Omit<FeedBarProps, 'isPast' | 'onNow' | 'children'>) {
  const { t } = useTranslation('live')
  const Sign = isPaused ? IconPlayerPlay : IconPlayerPause
  const state = isInterrupted ? t('interrupted') : !isPaused && isBelow ? t('heldBelow') : undefined
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<Sign size={14} stroke={1.5} aria-hidden />}
        onClick={isPaused ? onGoOn : onPause}
      >
        {isPaused ? t('resume') : t('pause')}
      </Button>
      <LiveDot isLive={!isPaused && !isBelow && !isInterrupted}>{state}</LiveDot>
    </>
  )
}
