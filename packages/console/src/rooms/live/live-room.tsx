import type { EventRow } from '@affluent/protocol/event-row'
import { Button } from '@mantine/core'
import { IconSend } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { CopyAsCurl } from '../../pieces/copy-as-curl.tsx'
import { May } from '../../pieces/may.tsx'
import { PageHead } from '../../pieces/page-head.tsx'
import { EventPanel } from './event-panel.tsx'
import { FEED_PAGE_ROWS } from './feed.ts'
import { FeedFilters } from './feed-filters.tsx'
import { FeedTable } from './feed-table.tsx'
import { type FeedFilter, filterOf, isUnfiltered } from './live-search.ts'
import { TestEvent } from './test-event.tsx'

/** Every event with how it ended and why, newest first, as they come. */
export function LiveRoom() {
  const { t } = useTranslation('live')
  const search = useSearch({ from: '/w/$workspace/live' })
  const navigate = useNavigate({ from: '/w/$workspace/live' })
  const [isTesting, setTesting] = useState(false)
  const [sent, setSent] = useState<string>()
  const [changed, setChanged] = useState<EventRow>()
  const [round, setRound] = useState(0)
  const filter = filterOf(search)
  const { event, view, before } = search
  // Another question begins at its newest answer, and the panel of the one before makes room.
  const ask = (next: FeedFilter) => void navigate({ search: next, replace: true })
  const showSent = (position: number) => {
    setTesting(false)
    setSent(`evt_${position}`)
    if (!isUnfiltered(filter) || before !== undefined) ask({})
  }
  return (
    <>
      <PageHead
        title={t('title')}
        lead={t('lead')}
        actions={
          <>
            <CopyAsCurl
              request={api('GET /v1/events', { query: { ...filter, before, limit: FEED_PAGE_ROWS } })}
            />
            <May to="sources:read">
              <Button
                leftSection={<IconSend size={16} stroke={1.5} aria-hidden />}
                onClick={() => setTesting(true)}
              >
                {t('test.open')}
              </Button>
            </May>
          </>
        }
      />
      <FeedFilters filter={filter} onFilter={ask} />
      <FeedTable
        key={JSON.stringify([filter, before, round])}
        filter={filter}
        before={before}
        selected={event}
        sent={sent}
        changed={changed}
        onClear={() => ask({})}
        onNow={() => ask(filter)}
      />
      {event !== undefined && (
        <EventPanel
          id={event}
          view={view}
          onChanged={setChanged}
          onManyChanged={() => setRound((count) => count + 1)}
          onView={(next) =>
            void navigate({ search: (now) => ({ ...now, view: next }), replace: true, resetScroll: false })
          }
          onClose={() =>
            void navigate({
              search: (now) => ({ ...now, event: undefined, view: undefined }),
              replace: true,
              resetScroll: false,
            })
          }
        />
      )}
      <TestEvent opened={isTesting} onClose={() => setTesting(false)} onSent={showSent} />
    </>
  )
}
