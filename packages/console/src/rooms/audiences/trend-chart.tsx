import { SegmentedControl } from '@mantine/core'
import { type PointerEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import { AsOf } from '../../pieces/as-of.tsx'
import { type Column, DataTable } from '../../pieces/data-table.tsx'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { ErrorState } from '../../pieces/error-state.tsx'
import { LoadingRows } from '../../pieces/loading-rows.tsx'
import roomCss from './audience-room.module.css'
import css from './trend.module.css'
import { ceilingOf, lineThrough, placesOf, summaryOf, type TrendPoint } from './trend.ts'
import { useTrend } from './use-trend.ts'

const FRAME = { width: 600, height: 160 }

/** The size of an audience over 30 days, as a line or as the table that says the same. */
export function TrendChart({ audience, isOld }: { audience: string; isOld: boolean }) {
  const { t } = useTranslation('audiences')
  const [view, setView] = useState('chart')
  const { data, error, refetch } = useTrend(audience, true)
  return (
    <section className="card" style={{ padding: 16 }} aria-label={t('trend.title')}>
      <div className={css.head}>
        <h2>{t('trend.title')}</h2>
        <div className="row">
          <AsOf at={data?.asOf} />
          <SegmentedControl
            size="xs"
            aria-label={t('trend.view')}
            data={[
              { value: 'chart', label: t('trend.chart') },
              { value: 'table', label: t('trend.table') },
            ]}
            value={view}
            onChange={setView}
          />
        </div>
      </div>
      <div className={isOld ? roomCss.old : ''}>
        {data === undefined ? (
          error === null ? (
            <LoadingRows rows={4} />
          ) : (
            <ErrorState error={error} onRetry={refetch} />
          )
        ) : data.points.length === 0 ? (
          <EmptyState title={t('trend.none')} lead={t('trend.noneLead')} />
        ) : view === 'chart' ? (
          <Chart points={data.points} />
        ) : (
          <Twin points={data.points} />
        )}
      </div>
    </section>
  )
}

function Chart({ points }: { points: readonly TrendPoint[] }) {
  const { t } = useTranslation('audiences')
  const formats = useFormats()
  const [at, setAt] = useState<number | undefined>()
  const sizes = points.map(({ size }) => size)
  const places = placesOf(sizes, FRAME)
  const line = lineThrough(places)
  const lastPlace = places.at(-1)
  const top = ceilingOf(sizes)
  const { from, to, max } = summaryOf(points)
  const [first, last] = [points[0], points.at(-1)]
  const shown = at === undefined ? undefined : points[at]
  const follow = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    const share = (event.clientX - box.left) / box.width
    setAt(Math.min(points.length - 1, Math.max(0, Math.round(share * (points.length - 1)))))
  }
  return (
    <>
      <div className={css.chart}>
        <div className={css.axis} aria-hidden>
          <span>{formats.compact(top)}</span>
          <span>{formats.compact(top / 2)}</span>
          <span>0</span>
        </div>
        <div className={css.plot} onPointerMove={follow} onPointerLeave={() => setAt(undefined)}>
          <svg
            viewBox={`0 0 ${FRAME.width} ${FRAME.height}`}
            preserveAspectRatio="none"
            role="img"
            aria-label={t('trend.summary', {
              from: formats.number(from),
              to: formats.number(to),
              max: formats.number(max),
              count: points.length,
            })}
          >
            {[0, 0.5, 1].map((share) => (
              <line
                key={share}
                x1={0}
                x2={FRAME.width}
                y1={FRAME.height * share}
                y2={FRAME.height * share}
                className={css.grid}
              />
            ))}
            <path
              d={`${line}L${FRAME.width} ${FRAME.height}L${places[0]?.x ?? 0} ${FRAME.height}Z`}
              className={css.area}
            />
            <path d={line} className={css.line} style={{ strokeWidth: 2 }} />
          </svg>
          {lastPlace !== undefined && (
            <span
              className={css.now}
              style={{
                left: `${(lastPlace.x / FRAME.width) * 100}%`,
                top: `${(lastPlace.y / FRAME.height) * 100}%`,
              }}
            />
          )}
          {at !== undefined && (
            <span className={css.here} style={{ left: `${((places[at]?.x ?? 0) / FRAME.width) * 100}%` }} />
          )}
        </div>
        <div className={css.days} aria-hidden>
          <span>{first === undefined || first === last ? '' : dayOf(first.day, formats.language)}</span>
          <span>{last === undefined ? '' : dayOf(last.day, formats.language)}</span>
        </div>
      </div>
      <p className={css.said} aria-hidden>
        {shown !== undefined &&
          `${t('trend.at', { day: dayOf(shown.day, formats.language), size: formats.number(shown.size) })} · ${t(
            'page.todayMoves',
            { entered: `+${formats.number(shown.entered)}`, exited: `−${formats.number(shown.exited)}` },
          )}`}
      </p>
    </>
  )
}

function Twin({ points }: { points: readonly TrendPoint[] }) {
  const { t } = useTranslation('audiences')
  const formats = useFormats()
  const columns: Column<TrendPoint>[] = [
    {
      key: 'day',
      head: t('trend.day'),
      cell: ({ day }) => dayOf(day, formats.language),
      sortBy: ({ day }) => day,
    },
    {
      key: 'size',
      head: t('trend.size'),
      cell: ({ size }) => formats.number(size),
      isNumber: true,
      sortBy: ({ size }) => size,
    },
    {
      key: 'entered',
      head: t('trend.entered'),
      cell: ({ entered }) => formats.number(entered),
      isNumber: true,
      sortBy: ({ entered }) => entered,
    },
    {
      key: 'exited',
      head: t('trend.exited'),
      cell: ({ exited }) => formats.number(exited),
      isNumber: true,
      sortBy: ({ exited }) => exited,
    },
  ]
  return (
    <DataTable
      label={t('trend.title')}
      columns={columns}
      rows={points.toReversed()}
      rowKey={({ day }) => day}
      empty={null}
      height="260px"
      isCompact
    />
  )
}

/** A day of the workspace's calendar, whatever the browser's zone. */
function dayOf(day: string, language: string): string {
  const locale = language === 'en' ? 'en-GB' : language
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    new Date(day),
  )
}
