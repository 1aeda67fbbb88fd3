import type { DestinationAnswer } from '@affluent/protocol/endpoints/destinations'
import { Button } from '@mantine/core'
import { IconPlus, IconSend2 } from '@tabler/icons-react'
import { useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { useMay } from '../../api/use-may.ts'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { CopyAsCurl } from '../../pieces/copy-as-curl.tsx'
import { Count } from '../../pieces/count.tsx'
import { type Column, DataTable } from '../../pieces/data-table.tsx'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { May } from '../../pieces/may.tsx'
import { PageHead } from '../../pieces/page-head.tsx'
import { RoleNeeded } from '../../pieces/role-needed.tsx'
import { readDestinationSearch } from './destination-search.ts'
import { DestinationState } from './destination-state.tsx'
import css from './destinations.module.css'
import { NewDestination } from './new-destination.tsx'
import { useDestinations, useIsSandbox } from './use-destinations.ts'
import { useReasons } from './use-reasons.ts'

/** The list of destinations, or the set-up of a new one. */
export function DestinationsRoom() {
  const search = useSearch({ from: '/w/$workspace/destinations' })
  const { audience } = readDestinationSearch(search)
  const made = search['new']
  if (made !== undefined && made !== false)
    return (
      <May to="destinations:edit" otherwise={<RoleNeeded isPage needs="destinations:edit" />}>
        <NewDestination kind={made === 'webhook' ? made : undefined} audience={audience} />
      </May>
    )
  return <List audience={audience} />
}

function List({ audience }: { audience: string | undefined }) {
  const { t } = useTranslation('destinations')
  const places = usePlaces()
  const isSandbox = useIsSandbox()
  const columns = useColumns()
  const { data, error, refetch } = useDestinations()
  const rows = data?.destinations
  // what may go away again once the list has come cannot be reached before
  const isFilled = rows === undefined ? error !== null : rows.length > 0
  const mayEdit = useMay('destinations:edit')
  const create = mayEdit && (
    <Button
      component={Anchor}
      href={places.destinations({ new: 'yes', audience })}
      leftSection={<IconPlus size={16} stroke={1.75} aria-hidden />}
    >
      {t('create')}
    </Button>
  )
  return (
    <>
      <PageHead
        title={t('title')}
        lead={t('lead')}
        actions={
          <>
            <CopyAsCurl request={api('GET /v1/destinations')} />
            {isFilled && create}
          </>
        }
      />
      {isSandbox && <p className={css.held}>{t('sandbox')}</p>}
      {audience !== undefined && <ForAudience audience={audience} />}
      <div className={rows?.length === 0 ? 'card' : ''}>
        <DataTable
          label={t('title')}
          columns={columns}
          rows={rows}
          rowKey={({ id }) => id}
          href={({ id }) =>
            audience === undefined
              ? places.destination(id)
              : places.destination(id, { connection: 'new', audience })
          }
          error={error}
          onRetry={refetch}
          keptAs="destinations"
          empty={
            <EmptyState icon={IconSend2} title={t('empty.title')} lead={t('empty.lead')} action={create} />
          }
        />
      </div>
    </>
  )
}

function ForAudience({ audience }: { audience: string }) {
  const { t } = useTranslation('destinations')
  const { data } = useGet(api('GET /v1/audiences'), { freshMs: 30_000 })
  const name = data?.audiences.find(({ key }) => key === audience)?.name ?? audience
  return (
    <p className={css.notice} role="status">
      {t('connectAudience', { name })}
    </p>
  )
}

function useColumns(): ReadonlyArray<Column<DestinationAnswer>> {
  const { t } = useTranslation('destinations')
  const formats = useFormats()
  const reasons = useReasons()
  return [
    {
      key: 'name',
      head: t('columns.name'),
      cell: ({ name }) => <bdi>{name}</bdi>,
      sortBy: ({ name }) => name,
    },
    {
      key: 'type',
      head: t('columns.type'),
      width: 90,
      isWideOnly: true,
      cell: ({ type }) => t(`types.${type}`),
      sortBy: ({ type }) => type,
    },
    {
      key: 'state',
      head: t('columns.state'),
      width: 132,
      cell: ({ health }) => <DestinationState health={health} plain />,
      sortBy: ({ health }) => health.state,
    },
    {
      key: 'queued',
      head: t('columns.queued'),
      width: 88,
      isNumber: true,
      cell: ({ health }) => <Count value={health.queued} />,
      sortBy: ({ health }) => health.queued,
    },
    {
      key: 'oldest',
      head: t('columns.oldest'),
      width: 112,
      isWideOnly: true,
      isNumber: true,
      cell: ({ health: { oldestAgeMs } }) =>
        oldestAgeMs === null ? <span className="quiet">–</span> : formats.duration(oldestAgeMs),
      sortBy: ({ health }) => health.oldestAgeMs,
    },
    {
      key: 'delivered',
      head: t('columns.delivered'),
      width: 118,
      isWideOnly: true,
      isNumber: true,
      cell: ({ health }) => <Count value={health.last24h.delivered} />,
      sortBy: ({ health }) => health.last24h.delivered,
    },
    {
      key: 'firstTry',
      head: t('columns.firstTry'),
      width: 118,
      isWideOnly: true,
      isNumber: true,
      cell: ({ health: { last24h } }) => <Share part={last24h.deliveredFirstTry} of={last24h.delivered} />,
      sortBy: ({ health: { last24h } }) =>
        last24h.delivered === 0 ? null : last24h.deliveredFirstTry / last24h.delivered,
    },
    {
      key: 'failed',
      head: t('columns.failed'),
      width: 96,
      isNumber: true,
      cell: ({ health }) => <Count value={health.last24h.failed} />,
      sortBy: ({ health }) => health.last24h.failed,
    },
    {
      key: 'lastError',
      head: t('columns.lastError'),
      cell: ({ health: { lastError } }) =>
        lastError === null ? (
          <span className="quiet">–</span>
        ) : (
          <bdi title={lastError}>{reasons.message(lastError)}</bdi>
        ),
    },
  ]
}

function Share({ part, of }: { part: number; of: number }) {
  const formats = useFormats()
  return of === 0 ? <span className="quiet">–</span> : formats.percent(part / of)
}
