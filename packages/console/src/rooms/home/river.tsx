import { SegmentedControl, Tooltip } from '@mantine/core'
import { useElementSize, useLocalStorage } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import { AsOf } from '../../pieces/as-of.tsx'
import { ErrorState } from '../../pieces/error-state.tsx'
import { LiveDot } from '../../pieces/live-dot.tsx'
import { LoadingRows } from '../../pieces/loading-rows.tsx'
import { StatusBadge } from '../../pieces/status-badge.tsx'
import css from './river.module.css'
import { RiverNarrow } from './river-narrow.tsx'
import { RiverTable } from './river-table.tsx'
import { RiverWide } from './river-wide.tsx'
import { useRiver } from './use-river.ts'

const WIDE_FROM_PIXELS = 720
const LAG_SEEN_FROM_MS = 2_000
const LAG_BAD_FROM_MS = 60_000

/** The processor as a living picture: band width = rate, colour = outcome; as a table for whoever prefers figures. */
export function RiverCard() {
  const { t } = useTranslation('home')
  const { river, at, error, retry } = useRiver()
  const { ref, width } = useElementSize()
  const [view, setView] = useLocalStorage<'picture' | 'table'>({
    key: 'affluent-river',
    defaultValue: 'picture',
  })
  return (
    <section className={`card ${css.card}`} aria-label={t('river.title')}>
      <header className={css.head}>
        <h2>{t('river.title')}</h2>
        {river !== undefined && (
          <>
            <LiveDot isLive={error === null} />
            {error === null && <Lag lagMs={river.lagMs} lagMaxMs={river.lagMaxMs} />}
            <AsOf at={at} />
            <span className="note cut">{t('river.units')}</span>
          </>
        )}
        <span className="grow" />
        <SegmentedControl
          size="xs"
          aria-label={t('river.view')}
          value={view}
          onChange={(value) => setView(value === 'table' ? 'table' : 'picture')}
          data={[
            { value: 'picture', label: t('river.picture') },
            { value: 'table', label: t('river.table') },
          ]}
        />
      </header>
      <div className={css.body}>
        <div ref={ref}>
          {river === undefined &&
            (error === null ? <LoadingRows rows={7} /> : <ErrorState error={error} onRetry={retry} />)}
          {river !== undefined && view === 'table' && <RiverTable river={river} />}
          {river !== undefined && view === 'picture' && width >= WIDE_FROM_PIXELS && (
            <RiverWide river={river} width={width} />
          )}
          {river !== undefined && view === 'picture' && width > 0 && width < WIDE_FROM_PIXELS && (
            <RiverNarrow river={river} />
          )}
        </div>
      </div>
    </section>
  )
}

function Lag({ lagMs, lagMaxMs }: { lagMs: number; lagMaxMs: number | null }) {
  const { t } = useTranslation('home')
  const formats = useFormats()
  const isSeen = lagMs >= LAG_SEEN_FROM_MS
  const bound = lagMaxMs === null ? '' : ` ${t('river.lagMax', { duration: formats.duration(lagMaxMs) })}`
  return (
    <Tooltip label={`${t('river.lagHint')}${bound}`} multiline maw={320}>
      <span className={css.badge}>
        <StatusBadge plain tone={toneOfLag(lagMs)}>
          {isSeen ? t('river.lag', { duration: formats.duration(lagMs) }) : t('river.upToDate')}
        </StatusBadge>
      </span>
    </Tooltip>
  )
}

function toneOfLag(lagMs: number): 'good' | 'warn' | 'bad' {
  if (lagMs < LAG_SEEN_FROM_MS) return 'good'
  return lagMs < LAG_BAD_FROM_MS ? 'warn' : 'bad'
}
