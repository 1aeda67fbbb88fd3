import { useInViewport } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import css from './trend.module.css'
import { lineThrough, placesOf, summaryOf } from './trend.ts'
import { useTrend } from './use-trend.ts'

const FRAME = { width: 96, height: 20 }

/**
 * How an audience grew in 30 days: a small line, and the same in words for those who do not see it. Asks only once it
 * is in sight.
 */
export function Sparkline({ audience }: { audience: string }) {
  const { t } = useTranslation('audiences')
  const formats = useFormats()
  const { ref, inViewport } = useInViewport<HTMLSpanElement>()
  const { data } = useTrend(audience, inViewport)
  const points = data?.points ?? []
  const places = placesOf(
    points.map(({ size }) => size),
    FRAME,
  )
  const { from, to } = summaryOf(points)
  const last = places.at(-1)
  return (
    <span ref={ref} className={css.spark}>
      {points.length > 0 && (
        <>
          <svg
            viewBox={`-2 -2 ${FRAME.width + 4} ${FRAME.height + 4}`}
            width={FRAME.width + 4}
            height={FRAME.height + 4}
            aria-hidden
          >
            <path d={lineThrough(places)} className={css.line} />
            {last !== undefined && <circle cx={last.x} cy={last.y} r={2} className={css.dot} />}
          </svg>
          <span className="unseen">
            {t('trend.short', {
              from: formats.number(from),
              to: formats.number(to),
              count: points.length,
            })}
          </span>
        </>
      )}
    </span>
  )
}
