import type { SourceAnswer } from '@affluent/protocol/endpoints/sources'
import { Button } from '@mantine/core'
import { IconPlugConnected } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { useMay } from '../../api/use-may.ts'
import { usePlaces } from '../../app/places.ts'
import { CopyAsCurl } from '../../pieces/copy-as-curl.tsx'
import { CopyButton } from '../../pieces/copy-button.tsx'
import { Count } from '../../pieces/count.tsx'
import { type Column, DataTable } from '../../pieces/data-table.tsx'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { Instant } from '../../pieces/instant.tsx'
import { PageHead } from '../../pieces/page-head.tsx'
import { AddSource } from './add-source.tsx'
import { SourceHealth } from './source-health.tsx'
import { SourcePanel } from './source-panel.tsx'
import css from './sources-room.module.css'

const EVERY_MS = 5_000

/** Where events come from: keys, health, and what is odd about their events. */
export function SourcesRoom() {
  const { t } = useTranslation('sources')
  const places = usePlaces()
  const search = useSearch({ from: '/w/$workspace/sources' })
  const navigate = useNavigate({ from: '/w/$workspace/sources' })
  const { data, error, refetch } = useGet(api('GET /v1/sources'), { everyMs: EVERY_MS })
  const open = data?.sources.find(({ slug }) => slug === search.source)
  const mayEdit = useMay('sources:edit')
  const add = mayEdit && <Button onClick={() => void navigate({ search: { add: true } })}>{t('add')}</Button>
  return (
    <>
      <PageHead
        title={t('title')}
        lead={t('lead')}
        actions={
          <>
            <CopyAsCurl request={api('GET /v1/sources')} />
            {add}
          </>
        }
      />
      <DataTable
        label={t('title')}
        columns={useColumns()}
        rows={data?.sources}
        rowKey={({ slug }) => slug}
        href={({ slug }) => places.sources({ source: slug })}
        selected={open?.slug}
        keptAs="sources"
        error={error}
        onRetry={refetch}
        empty={<EmptyState icon={IconPlugConnected} title={t('none')} lead={t('noneLead')} action={add} />}
      />
      {open !== undefined && (
        <SourcePanel key={open.slug} source={open} onClose={() => void navigate({ search: {} })} />
      )}
      <AddSource
        opened={search.add === true && mayEdit}
        onClose={() => void navigate({ search: {}, replace: true })}
        onMade={(slug) => void navigate({ search: { source: slug }, replace: true })}
      />
    </>
  )
}

function useColumns(): ReadonlyArray<Column<SourceAnswer>> {
  const { t } = useTranslation('sources')
  const places = usePlaces()
  return [
    { key: 'name', head: t('columns.name'), cell: ({ name }) => name, sortBy: ({ name }) => name },
    {
      key: 'state',
      head: t('columns.state'),
      width: 140,
      cell: (source) => <SourceHealth source={source} />,
    },
    {
      key: 'key',
      head: t('columns.key'),
      width: 280,
      isWideOnly: true,
      cell: ({ writeKey, name }) =>
        writeKey === null ? (
          <span className="quiet">{t('noKey')}</span>
        ) : (
          <span className={css.key}>
            <code className="cut">{writeKey}</code>
            <CopyButton text={writeKey} name={t('copyKey', { name })} />
          </span>
        ),
    },
    {
      key: 'lastHour',
      head: t('columns.lastHour'),
      width: 110,
      isNumber: true,
      cell: ({ lastHour, slug }) => <Count value={lastHour} href={places.live({ source: slug })} />,
      sortBy: ({ lastHour }) => lastHour,
    },
    {
      key: 'last',
      head: t('columns.last'),
      width: 170,
      isWideOnly: true,
      cell: ({ lastEventAt }) => <Instant at={lastEventAt} />,
      sortBy: ({ lastEventAt }) => lastEventAt,
    },
    {
      key: 'warnings',
      head: t('columns.warnings'),
      width: 130,
      isNumber: true,
      isWideOnly: true,
      cell: ({ warnings }) =>
        warnings.length === 0 ? (
          <span className="quiet">{t('noWarnings')}</span>
        ) : (
          <Count value={warnings.reduce((sum, { count }) => sum + count, 0)} />
        ),
      sortBy: ({ warnings }) => warnings.reduce((sum, { count }) => sum + count, 0),
    },
  ]
}
