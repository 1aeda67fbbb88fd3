import type { EventRow } from '@affluent/protocol/event-row'
import { Button } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconArrowUp, IconFilterOff } from '@tabler/icons-react'
import { type UIEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../api/api-error.ts'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { DataTable } from '../../pieces/data-table.tsx'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { ErrorNote } from '../../pieces/error-note.tsx'
import { StatusBadge } from '../../pieces/status-badge.tsx'
import { useErrorWords } from '../../words/error-words.ts'
import { FEED_ROWS_MAX, type FeedRow, hasRoom, isGap } from './feed.ts'
import { FeedBar } from './feed-bar.tsx'
import { useFeedColumns } from './feed-columns.tsx'
import css from './feed-table.module.css'
import { type FeedFilter, isUnfiltered } from './live-search.ts'
import { Silence } from './silence.tsx'
import { type FollowedFeed, useFeed } from './use-feed.ts'
import { WaitingForFirst } from './waiting-for-first.tsx'

interface FeedTableProps {
  filter: FeedFilter
  before: string | undefined
  selected: string | undefined
  /** The event that was sent from here. */
  sent: string | undefined
  /** It stands differently now. */
  changed: EventRow | undefined
  onClear: () => void
  /** From the past to now. */
  onNow: () => void
}

const READ_ON_PIXELS = 600
/** More rows than these at once are no arrival that somebody could see. */
const MARKED_MAX = 30

/** The list that moves by itself; it holds still while somebody wants to, or reads further down. */
export function FeedTable({ filter, before, selected, sent, changed, onClear, onNow }: FeedTableProps) {
  const { t } = useTranslation('live')
  const places = usePlaces()
  const followed = useFeed(filter, before)
  const { feed, isOpen, error } = followed
  const [isPaused, setPaused] = useState(false)
  const [isBelow, setBelow] = useState(false)
  const scroller = useRef<HTMLElement>(null)
  const columns = useFeedColumns((gap) => void followed.fillGap(gap))
  // Two lines in a row: what happened and who.
  const isNarrow = useMediaQuery('(max-width: 600px)', false)
  const isStill = isPaused || isBelow
  const isAll = isUnfiltered(filter) && before === undefined
  const first = useFirstEvent(followed, isAll)
  useEffect(() => {
    if (changed !== undefined) followed.change(changed)
  }, [changed])
  useEffect(() => (isStill ? followed.hold() : followed.release()), [isStill])

  const watch = ({ target }: UIEvent<HTMLDivElement>) => {
    if (!(target instanceof HTMLElement)) return
    scroller.current = target
    setBelow(target.scrollTop > 4)
    const left = target.scrollHeight - target.scrollTop - target.clientHeight
    if (left < READ_ON_PIXELS && canReadOlder(followed)) void followed.readOlder()
  }
  const goOn = () => {
    scroller.current?.scrollTo({ top: 0 })
    setBelow(false)
    setPaused(false)
  }
  const mark = (row: FeedRow) => {
    if (row.id === sent || row.id === first) return css.sent
    return feed.fresh.size <= MARKED_MAX && feed.fresh.has(row.id) ? css.fresh : undefined
  }
  return (
    <>
      <FeedBar
        isPast={before !== undefined}
        isPaused={isPaused}
        isBelow={isBelow}
        isInterrupted={error !== undefined}
        onPause={() => setPaused(true)}
        onGoOn={goOn}
        onNow={onNow}
      >
        {before === undefined && <Silence feed={feed} isOpen={isOpen} isFiltered={!isUnfiltered(filter)} />}
        <Sent sent={sent} feed={followed} />
        {first !== undefined && (
          <span role="status">
            <StatusBadge tone="good">{t('waiting.arrived')}</StatusBadge>
          </span>
        )}
      </FeedBar>
      {isOpen && error !== undefined && <Unreachable error={error} />}
      <div className={css.pane} onScrollCapture={watch}>
        {feed.heldCount > 0 && (
          <Button
            size="xs"
            radius="xl"
            className={css.new ?? ''}
            leftSection={<IconArrowUp size={14} stroke={1.5} aria-hidden />}
            onClick={goOn}
          >
            <New count={feed.heldCount} />
          </Button>
        )}
        <DataTable
          label={t('table')}
          columns={columns}
          rows={isOpen && !(followed.isReadingMore && feed.rows.length === 0) ? feed.rows : undefined}
          rowKey={({ id }) => id}
          href={(row) => (isGap(row) ? undefined : places.live({ ...filter, before, event: row.id }))}
          selected={selected}
          rowMark={mark}
          isCompact={!isNarrow}
          keptAs="live"
          height="calc(100dvh - 264px)"
          error={error}
          onRetry={followed.retry}
          empty={
            isAll && feed.nextBefore === undefined ? (
              <WaitingForFirst />
            ) : (
              <NothingFits followed={followed} onClear={onClear} />
            )
          }
        />
      </div>
      <Foot followed={followed} filter={filter} />
    </>
  )
}

function NothingFits({ followed, onClear }: { followed: FollowedFeed; onClear: () => void }) {
  const { t } = useTranslation('live')
  const isMore = followed.feed.nextBefore !== undefined
  return (
    <div className="card">
      <EmptyState
        icon={IconFilterOff}
        title={t(isMore ? 'nothing.soFar' : 'nothing.title')}
        lead={t('nothing.lead')}
        action={
          <div className="row wrap">
            {isMore && <Button onClick={() => void followed.readOlder()}>{t('nothing.further')}</Button>}
            <Button variant="default" onClick={onClear}>
              {t('filters.clear')}
            </Button>
          </div>
        }
      />
    </div>
  )
}

/** The id of the first event of all, for somebody who was here when it came. */
function useFirstEvent({ feed, isOpen }: FollowedFeed, isAll: boolean): string | undefined {
  const [wasEmpty, setWasEmpty] = useState(false)
  const isNone = feed.rows.length === 0 && feed.heldCount === 0 && feed.nextBefore === undefined
  if (isAll && isOpen && isNone && !wasEmpty) setWasEmpty(true)
  return wasEmpty ? feed.rows.at(-1)?.id : undefined
}

function canReadOlder({ feed, isReadingMore }: FollowedFeed): boolean {
  return feed.nextBefore !== undefined && hasRoom(feed) && !isReadingMore
}

function New({ count }: { count: number }) {
  const { t } = useTranslation('live')
  const formats = useFormats()
  return t('new', { count, shown: formats.number(count) })
}

function Unreachable({ error }: { error: unknown }) {
  const { t } = useTranslation('live')
  const say = useErrorWords()
  // That no answer comes at all, the bar above every room says.
  if (error instanceof ApiError && error.status === 0) return null
  return (
    <div style={{ marginBottom: 8 }}>
      <ErrorNote>
        {say(error)} {t('tryingAgain')}
      </ErrorNote>
    </div>
  )
}

function Sent({ sent, feed: { feed } }: { sent: string | undefined; feed: FollowedFeed }) {
  const { t } = useTranslation('live')
  if (sent === undefined) return null
  const isHere = feed.rows.some(({ id }) => id === sent)
  return (
    <span role="status" className="note">
      {isHere ? t('test.arrived') : t('test.underWay')}
    </span>
  )
}

/** How the list goes on: by itself when somebody scrolls, by a button for everybody else. */
function Foot({ followed, filter }: { followed: FollowedFeed; filter: FeedFilter }) {
  const { t } = useTranslation(['live', 'pieces'])
  const formats = useFormats()
  const places = usePlaces()
  const { feed, isReadingMore } = followed
  const count = feed.rows.length
  if (count === 0) return null
  return (
    <div className={css.foot}>
      <span className="note">{t('live:shown', { count, shown: formats.number(count) })}</span>
      {feed.nextBefore !== undefined && hasRoom(feed) && (
        <Button variant="subtle" size="xs" loading={isReadingMore} onClick={() => void followed.readOlder()}>
          {t('live:older')}
        </Button>
      )}
      {!hasRoom(feed) && (
        <>
          <span className="note">{t('live:full', { max: formats.number(FEED_ROWS_MAX) })}</span>
          {feed.nextBefore !== undefined && (
            <Anchor href={places.live({ ...filter, before: feed.nextBefore })}>{t('live:fromHere')}</Anchor>
          )}
        </>
      )}
    </div>
  )
}
