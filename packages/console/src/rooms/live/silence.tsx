import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import { useNow } from '../../pieces/use-now.ts'
import { type Feed, isGap } from './feed.ts'
import { useSources } from './use-sources.ts'

const SILENT_AFTER_MS = 10 * 60_000

/** Says why a list stands still: nothing comes, and what might be the cause. */
export function Silence({ feed, isOpen, isFiltered }: { feed: Feed; isOpen: boolean; isFiltered: boolean }) {
  const { t } = useTranslation('live')
  const formats = useFormats()
  const now = useNow()
  const { sources } = useSources()
  const latest = [...feed.held, ...feed.rows].find((row) => !isGap(row))
  if (!isOpen || latest === undefined || isGap(latest)) return null
  if (now - Date.parse(latest.receivedAt) < SILENT_AFTER_MS) return null
  const off = sources.filter(({ enabled }) => !enabled).map(({ name }) => name)
  const last = formats.relative(latest.receivedAt, now)
  return (
    <span className="note" role="status">
      {t(isFiltered ? 'silence.filtered' : 'silence.all', { last })}
      {off.length > 0 && <> {t('silence.off', { count: off.length, names: formats.list(off) })}</>}
    </span>
  )
}
