import type { DeliveryAnswer } from '@affluent/protocol/delivery'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { usePages } from '../../api/use-pages.ts'
import { usePlaces } from '../../app/places.ts'
import { type Column, DataTable } from '../../pieces/data-table.tsx'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { Instant } from '../../pieces/instant.tsx'
import { PlainText } from '../../pieces/plain-text.tsx'
import { DeliveryLine } from '../destinations/delivery-line.tsx'
import { DeliveryBadge } from '../live/delivery-badge.tsx'
import { EventPositionLink } from './event-position-link.tsx'

/** What was sent because of somebody, and what came of it. */
export function DeliveriesTab({ profileId }: { profileId: string }) {
  const { t, i18n } = useTranslation('people')
  const places = usePlaces()
  const pages = usePages(api('GET /v1/deliveries', { query: { profile: profileId, limit: 50 } }))
  const { data } = useGet(api('GET /v1/destinations'), { freshMs: 30_000 })
  const rows = useMemo(() => pages.data?.pages.flatMap(({ deliveries }) => deliveries), [pages.data])
  const columns = useMemo((): ReadonlyArray<Column<DeliveryAnswer>> => {
    const nameOf = (id: string) => data?.destinations.find((one) => one.id === id)?.name ?? id
    return [
      {
        key: 'destination',
        head: t('deliveries.destination'),
        width: 180,
        cell: ({ destination }) => <PlainText>{nameOf(destination)}</PlainText>,
      },
      {
        key: 'status',
        head: t('deliveries.status'),
        width: 170,
        cell: ({ status }) => <DeliveryBadge status={status} plain />,
      },
      {
        key: 'event',
        head: t('deliveries.event'),
        width: 200,
        cell: ({ event }) => (
          <>
            <PlainText>{event.name === '' ? event.type : event.name}</PlainText>{' '}
            <EventPositionLink position={event.position} />
          </>
        ),
      },
      {
        key: 'story',
        head: t('deliveries.story'),
        cell: (delivery) => <DeliveryLine delivery={delivery} />,
      },
      {
        key: 'at',
        head: t('deliveries.at'),
        width: 150,
        sortBy: ({ createdAt }) => createdAt,
        cell: ({ createdAt }) => <Instant at={createdAt} />,
      },
    ]
  }, [i18n.language, data])
  return (
    <DataTable
      label={t('deliveries.title')}
      columns={columns}
      rows={rows}
      rowKey={({ id }) => id}
      href={({ id, destination }) => places.destination(destination, { delivery: id })}
      error={pages.error}
      onRetry={pages.refetch}
      onMore={pages.hasNextPage ? () => pages.fetchNextPage() : undefined}
      isReadingMore={pages.isFetchingNextPage}
      empty={
        <div className="card">
          <EmptyState title={t('deliveries.none')} lead={t('deliveries.noneLead')} />
        </div>
      }
    />
  )
}
