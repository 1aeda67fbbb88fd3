import type { EventRow } from '@affluent/protocol/event-row'
import { useMediaQuery } from '@mantine/hooks'
import { IconHistory, IconRobot } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type Formats, useFormats } from '../../app/formats.ts'
import { type Places, usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import type { Column } from '../../pieces/data-table.tsx'
import { PlainText } from '../../pieces/plain-text.tsx'
import { type FeedRow, type Gap, isGap } from './feed.ts'
import css from './feed-table.module.css'
import { HandlingBadge } from './handling-badge.tsx'
import { OutcomeBadge } from './outcome-badge.tsx'
import { useReasonWords } from './reason-words.ts'
import { strongestFirst } from './strongest.ts'
import { useSources } from './use-sources.ts'

/** The columns of the feed; made once, so that a look makes no row anew that stays. */
export function useFeedColumns(onFill: (gap: Gap) => void): ReadonlyArray<Column<FeedRow>> {
  const { t, i18n } = useTranslation('live')
  const formats = useFormats()
  const places = usePlaces()
  const { nameOf } = useSources()
  const isNarrow = useMediaQuery('(max-width: 600px)', false)
  return useMemo(() => {
    const of = (cell: (row: EventRow) => ReturnType<Column<FeedRow>['cell']>) => (row: FeedRow) =>
      isGap(row) ? null : cell(row)
    const named = (row: EventRow) =>
      isNarrow ? (
        <span className={css.two}>
          {row.name === '' && row.type !== null ? (
            <span className={`quiet ${css.name}`}>{row.type}</span>
          ) : (
            <Name row={row} />
          )}
          <Who row={row} places={places} />
        </span>
      ) : (
        <Name row={row} />
      )
    const columns = [
      {
        key: 'time',
        head: t('columns.time'),
        width: isNarrow ? 76 : 88,
        cell: (row) => (isGap(row) ? '…' : <Time row={row} formats={formats} />),
      },
      {
        key: 'type',
        head: t('columns.type'),
        width: 76,
        cell: of(({ type }) => (type === null ? <span className="quiet">–</span> : type)),
      },
      {
        key: 'name',
        head: t('columns.name'),
        cell: (row) => (isGap(row) ? <GapLine row={row} onFill={onFill} /> : named(row)),
      },
      {
        key: 'who',
        head: t('columns.who'),
        width: 240,
        cell: of((row) => <Who row={row} places={places} />),
      },
      {
        key: 'state',
        head: t('columns.state'),
        width: isNarrow ? 132 : 256,
        cell: of((row) => (isNarrow ? <NarrowState row={row} /> : <State row={row} />)),
      },
      {
        key: 'source',
        head: t('columns.source'),
        width: 104,
        cell: of(({ source }) => <PlainText>{nameOf(source)}</PlainText>),
      },
      {
        key: 'size',
        head: t('columns.size'),
        width: 84,
        isNumber: true,
        cell: of(({ bytes }) => formats.size(bytes)),
      },
      {
        key: 'position',
        head: t('columns.position'),
        width: 100,
        isNumber: true,
        isOptional: true,
        cell: of(({ position }) =>
          position === null ? <span className="quiet">–</span> : formats.number(position),
        ),
      },
    ] satisfies ReadonlyArray<Column<FeedRow>>
    if (!isNarrow) return columns
    // What counts first is in sight without scrolling sideways.
    const order = ['time', 'name', 'state']
    const rank = ({ key }: { key: string }) => (order.includes(key) ? order.indexOf(key) : order.length)
    return columns.filter(({ key }) => key !== 'who').toSorted((a, b) => rank(a) - rank(b))
  }, [i18n.language, formats, places, nameOf, isNarrow])
}

function Time({ row, formats }: { row: EventRow; formats: Formats }) {
  const { t } = useTranslation('live')
  return (
    <>
      <time
        className="tabular"
        dateTime={row.receivedAt}
        title={t('columns.timeHint', { time: formats.exact(row.receivedAt) })}
      >
        {formats.time(row.receivedAt)}
      </time>
      <span className="unseen"> {row.name === '' ? row.type : row.name}</span>
    </>
  )
}

function Name({ row }: { row: EventRow }) {
  const { t } = useTranslation('live')
  return (
    <span className={css.name}>
      {row.name === '' ? (
        <span className="quiet">–</span>
      ) : (
        <span className="cut">
          <PlainText>{row.name}</PlainText>
        </span>
      )}
      {row.isBot && (
        <span className={css.mark} title={t('marks.botHint')}>
          <IconRobot size={14} stroke={1.5} aria-hidden /> {t('marks.bot')}
        </span>
      )}
      {row.isHistory && (
        <span className={css.mark} title={t('marks.historyHint')}>
          <IconHistory size={14} stroke={1.5} aria-hidden /> {t('marks.history')}
        </span>
      )}
    </span>
  )
}

function Who({ row, places }: { row: EventRow; places: Places }) {
  const [strongest] = strongestFirst(row.identifiers)
  if (strongest === undefined) return <span className="quiet">–</span>
  const value = <PlainText>{strongest.value}</PlainText>
  const title = `${strongest.namespace}: ${strongest.value}`
  return (
    <span className={css.who} title={title}>
      {row.profileId === null ? value : <Anchor href={places.person(row.profileId)}>{value}</Anchor>}
    </span>
  )
}

function State({ row }: { row: EventRow }) {
  return (
    <span className={css.state}>
      <OutcomeBadge outcome={row.outcome} plain />
      <HandlingBadge handling={row.handling} plain />
      <Reason row={row} />
    </span>
  )
}

/** How it ended and, below it, what was done about it or why. */
function NarrowState({ row }: { row: EventRow }) {
  const isDone = row.handling !== null && row.handling.state !== 'open'
  return (
    <span className={css.two}>
      <OutcomeBadge outcome={row.outcome} plain />
      <span className={css.below}>
        {isDone ? <HandlingBadge handling={row.handling} plain isShort /> : <Reason row={row} />}
      </span>
    </span>
  )
}

function Reason({ row }: { row: EventRow }) {
  const reason = useReasonWords()
  if (['processed', 'accepted', 'duplicate'].includes(row.outcome)) return null
  return (
    <span className="note cut" title={row.message ?? undefined}>
      {reason.short(row) ?? row.code}
    </span>
  )
}

function GapLine({ row, onFill }: { row: Gap; onFill: (gap: Gap) => void }) {
  const { t } = useTranslation('live')
  const formats = useFormats()
  const { count } = row.gap
  return (
    <button type="button" className={css.gap} onClick={() => onFill(row)}>
      {count === undefined ? t('gap.some') : t('gap.count', { count, shown: formats.number(count) })}
    </button>
  )
}
