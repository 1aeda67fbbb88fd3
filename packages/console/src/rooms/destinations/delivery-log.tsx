import type { DeliveryAnswer } from '@affluent/protocol/delivery'
import type { ConnectionAnswer } from '@affluent/protocol/endpoints/connections'
import type { DestinationAnswer } from '@affluent/protocol/endpoints/destinations'
import { Button, Select } from '@mantine/core'
import { IconRefresh, IconSend2 } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { useMay } from '../../api/use-may.ts'
import { usePages } from '../../api/use-pages.ts'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { CopyAsCurl } from '../../pieces/copy-as-curl.tsx'
import { type Column, DataTable } from '../../pieces/data-table.tsx'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { Instant } from '../../pieces/instant.tsx'
import { May } from '../../pieces/may.tsx'
import { StatusBadge } from '../../pieces/status-badge.tsx'
import { DeliveryLine } from './delivery-line.tsx'
import { STATUS_TONES, STATUSES } from './delivery-states.ts'
import { groupReasons } from './delivery-story.ts'
import type { DestinationSearch } from './destination-search.ts'
import css from './destinations.module.css'
import { ReplayDialog, type ReplayScope } from './replay-dialog.tsx'
import { REPLAY_STATUSES, type ReplayStatus } from './replay-filter.ts'
import { useConnectionWords } from './use-connection-words.ts'
import { useConnections, useIsSandbox } from './use-destinations.ts'
import { useReasons } from './use-reasons.ts'

const PAGE = 50
const REASONS_FROM = 200
const EVERY_MS = 5_000

/** The log of a destination: each delivery's story on a line, why deliveries failed, and a way to send them again. */
export function DeliveryLog({
  destination,
  search,
}: {
  destination: DestinationAnswer
  search: DestinationSearch
}) {
  const { t } = useTranslation('destinations')
  const places = usePlaces()
  const formats = useFormats()
  const isSandbox = useIsSandbox()
  const mayReplay = useMay('deliveries:replay')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [replayed, setReplayed] = useState<ReplayScope | undefined>()
  const { id } = destination
  const { status, via } = search
  const query = { destination: id, status, connection: via, limit: PAGE }
  const request = api('GET /v1/deliveries', { query })
  const pages = usePages(request)
  const rows = pages.data?.pages.flatMap(({ deliveries }) => deliveries)
  // who has read on wants the list to keep its place
  useEvery(EVERY_MS, pages.data?.pages.length === 1 ? pages.refetch : undefined)
  const columns = useColumns()
  const replayable = rows?.filter((row) => chosen.has(row.id) && isReplayable(row.status)) ?? []
  const isFiltered = status !== undefined || via !== undefined
  const show = useFilters()
  return (
    <section aria-label={t('log.title')} id="log">
      <div className={css.head}>
        <h2 className="grow">{t('log.title')}</h2>
        <CopyAsCurl request={request} />
        <May to="deliveries:replay">
          <Button
            variant="default"
            size="xs"
            leftSection={<IconRefresh size={14} stroke={1.5} aria-hidden />}
            disabled={isSandbox}
            title={isSandbox ? t('replay.sandbox') : undefined}
            onClick={() =>
              setReplayed({
                kind: 'many',
                choice: {
                  ...{ destination: id, connection: via, period: 'day', from: '', to: '' },
                  status: isReplayable(status) ? status : 'failed',
                },
              })
            }
          >
            {t('log.replayMany')}
          </Button>
        </May>
      </div>
      <Filters destination={id} search={search} />
      <Reasons destination={id} via={via} status={status} />
      {status === 'held' && <p className={css.held}>{t('log.heldHint')}</p>}
      {chosen.size > 0 && (
        <div className={`row wrap ${css.notice}`} role="status">
          <span>{t('log.chosen', { count: chosen.size, shown: formats.number(chosen.size) })}</span>
          <Button
            size="compact-xs"
            disabled={isSandbox || replayable.length === 0}
            title={isSandbox ? t('replay.sandbox') : undefined}
            onClick={() => setReplayed(scopeOf(replayable))}
          >
            {t('log.replayChosen')}
          </Button>
        </div>
      )}
      <div className={rows?.length === 0 ? 'card' : ''}>
        <DataTable
          label={t('log.title')}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.id}
          href={(row) => places.destination(id, { status, via, delivery: row.id })}
          selected={search.delivery}
          error={pages.error}
          onRetry={pages.refetch}
          onMore={pages.hasNextPage ? pages.fetchNextPage : undefined}
          isReadingMore={pages.isFetchingNextPage}
          keptAs="deliveries"
          choice={
            mayReplay
              ? {
                  chosen,
                  onChoose: setChosen,
                  label: (row) => t('log.choose', { id: row.id }),
                  allLabel: t('log.chooseAll'),
                }
              : undefined
          }
          empty={
            isFiltered ? (
              <EmptyState
                title={t('log.emptyFiltered')}
                lead={t('log.emptyFilteredLead')}
                action={
                  <Button variant="default" onClick={() => show({ status: undefined, via: undefined })}>
                    {t('log.clear')}
                  </Button>
                }
              />
            ) : (
              <EmptyState icon={IconSend2} title={t('log.empty')} lead={t('log.emptyLead')} />
            )
          }
        />
      </div>
      {replayed !== undefined && (
        <ReplayDialog
          scope={replayed}
          onClose={() => setReplayed(undefined)}
          onDone={() => setChosen(new Set())}
        />
      )}
    </section>
  )
}

/** Does something again and again while the tab is seen. */
function useEvery(ms: number, act: (() => unknown) | undefined): void {
  const latest = useRef(act)
  latest.current = act
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void latest.current?.()
    }, ms)
    return () => clearInterval(timer)
  }, [ms])
}

function useFilters() {
  const navigate = useNavigate({ from: '/w/$workspace/destinations/$id' })
  return (next: { status?: string | undefined; via?: string | undefined }) =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true })
}

function Filters({ destination, search }: { destination: string; search: DestinationSearch }) {
  const { t } = useTranslation('destinations')
  const words = useConnectionWords()
  const show = useFilters()
  const connections = useConnections(destination).data?.connections ?? []
  return (
    <div className={css.filters}>
      <Select
        aria-label={t('log.status')}
        placeholder={t('log.anyStatus')}
        data={STATUSES.map((status) => ({ value: status, label: t(`log.statuses.${status}`) }))}
        value={search.status ?? null}
        onChange={(status) => show({ status: status ?? undefined })}
        clearable
        size="xs"
      />
      <Select
        aria-label={t('log.connection')}
        placeholder={t('log.anyConnection')}
        data={optionsOf(connections, search.via, words.from)}
        value={search.via ?? null}
        onChange={(via) => show({ via: via ?? undefined })}
        clearable
        size="xs"
        comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      />
    </div>
  )
}

/** One that is gone stays to be chosen while it is. */
function optionsOf(
  connections: readonly ConnectionAnswer[],
  via: string | undefined,
  from: (connection: ConnectionAnswer) => string,
) {
  const known = connections.map((connection) => ({ value: connection.id, label: from(connection) }))
  return via === undefined || known.some(({ value }) => value === via)
    ? known
    : [...known, { value: via, label: via }]
}

/** Why the latest deliveries failed, with how many of each. */
function Reasons({
  destination,
  via,
  status,
}: {
  destination: string
  via: string | undefined
  status: string | undefined
}) {
  const { t } = useTranslation('destinations')
  const formats = useFormats()
  const reasons = useReasons()
  const isAsked = status === undefined || status === 'failed'
  const query = { destination, connection: via, status: 'failed', limit: REASONS_FROM } as const
  const { data } = useGet(api('GET /v1/deliveries', { query }), {
    enabled: isAsked,
    everyMs: EVERY_MS,
    keep: true,
  })
  const failed = data?.deliveries ?? []
  const groups = groupReasons(failed)
  if (!isAsked || groups.length === 0) return null
  return (
    <ul className={css.reasons} aria-label={t('log.reasons')}>
      {groups.map(({ reason, count }) => (
        <li key={reason} title={reasons.todo(reason)}>
          <b>{formats.number(count)}</b> <bdi>{reasons.reason(reason)}</bdi>
        </li>
      ))}
      <li className="note" style={{ color: 'inherit' }}>
        {t('log.reasonsOf', { count: failed.length, shown: formats.number(failed.length) })}
      </li>
    </ul>
  )
}

function useColumns(): ReadonlyArray<Column<DeliveryAnswer>> {
  const { t } = useTranslation('destinations')
  const places = usePlaces()
  return [
    {
      key: 'event',
      head: t('log.event'),
      width: 190,
      cell: ({ event, profileId, profileTitle }) => (
        <>
          <bdi>{event.name === '' ? event.type : event.name}</bdi>
          {profileId !== null && <bdi className={css.whoNarrow}>{profileTitle ?? profileId}</bdi>}
        </>
      ),
    },
    {
      key: 'state',
      head: t('log.state'),
      width: 140,
      cell: ({ status }) => (
        <StatusBadge plain tone={STATUS_TONES[status]}>
          {t(`log.statuses.${status}`)}
        </StatusBadge>
      ),
    },
    { key: 'story', head: t('log.story'), cell: (delivery) => <DeliveryLine delivery={delivery} /> },
    {
      key: 'person',
      head: t('log.person'),
      width: 170,
      isWideOnly: true,
      cell: ({ profileId, profileTitle }) =>
        profileId === null ? (
          <span className="quiet">{t('log.nobody')}</span>
        ) : (
          <Anchor
            href={places.person(profileId)}
            className={`${css.who} ${profileTitle === null ? 'code' : ''}`}
            title={profileTitle ?? profileId}
          >
            <bdi>{profileTitle ?? profileId}</bdi>
          </Anchor>
        ),
    },
    {
      key: 'created',
      head: t('log.created'),
      width: 150,
      isWideOnly: true,
      cell: ({ createdAt }) => <Instant at={createdAt} />,
    },
    {
      key: 'id',
      head: 'webhook-id',
      width: 170,
      isOptional: true,
      cell: ({ id }) => <span className="code">{id}</span>,
    },
  ]
}

function isReplayable(status: string | undefined): status is ReplayStatus {
  return REPLAY_STATUSES.some((one) => one === status)
}

/** A replay takes one status at a time: that of most of what was chosen. */
function scopeOf(rows: readonly DeliveryAnswer[]): ReplayScope {
  const counts = REPLAY_STATUSES.map((status) => ({
    status,
    ids: rows.filter((row) => row.status === status).map(({ id }) => id),
  }))
  const [most] = counts.toSorted((a, b) => b.ids.length - a.ids.length)
  return { kind: 'ids', status: most?.status ?? 'failed', ids: rows.map(({ id }) => id) }
}
