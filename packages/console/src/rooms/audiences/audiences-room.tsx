import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import { Button, TextInput } from '@mantine/core'
import { IconPlus, IconSearch, IconUsersGroup } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { useMay } from '../../api/use-may.ts'
import { useFormats } from '../../app/formats.ts'
import { matches } from '../../app/matches.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { AsOf } from '../../pieces/as-of.tsx'
import { CopyAsCurl } from '../../pieces/copy-as-curl.tsx'
import { type Column, DataTable } from '../../pieces/data-table.tsx'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { Instant } from '../../pieces/instant.tsx'
import { LoadingRows } from '../../pieces/loading-rows.tsx'
import { May } from '../../pieces/may.tsx'
import { PageHead } from '../../pieces/page-head.tsx'
import { RoleNeeded } from '../../pieces/role-needed.tsx'
import { NewAudience } from './audience-builder.tsx'
import { type AudienceDraft, draftOf, freeKey } from './audience-draft.ts'
import css from './audience-room.module.css'
import { AudienceStatus } from './audience-status.tsx'
import { readAudiencesSearch } from './audiences-search.ts'
import { Sparkline } from './sparkline.tsx'
import { useAudiences } from './use-audiences.ts'

/** The list of audiences, or the builder of a new one. */
export function AudiencesRoom() {
  const search = readAudiencesSearch(useSearch({ from: '/w/$workspace/audiences' }))
  if (!search.isNew) return <List text={search.text} />
  return (
    <May to="audiences:edit" otherwise={<RoleNeeded isPage needs="audiences:edit" />}>
      <Making copyOf={search.copyOf} />
    </May>
  )
}

function Making({ copyOf }: { copyOf: string | undefined }) {
  const { t } = useTranslation('audiences')
  const { data } = useGet(api('GET /v1/audiences'), {
    enabled: copyOf !== undefined,
    freshMs: 10_000,
  })
  if (copyOf === undefined) return <NewAudience key="new" original={undefined} />
  if (data === undefined) return <LoadingRows />
  const original = data.audiences.find(({ key }) => key === copyOf)
  if (original === undefined) return <NewAudience key="new" original={undefined} />
  const name = t('builder.copyOf', { name: original.name })
  const draft: AudienceDraft = {
    ...draftOf(original),
    name,
    key: freeKey(name, new Set(data.audiences.map(({ key }) => key))),
    hasOwnKey: false,
  }
  return <NewAudience key={copyOf} original={draft} />
}

function List({ text }: { text: string }) {
  const { t } = useTranslation('audiences')
  const places = usePlaces()
  const navigate = useNavigate({ from: '/w/$workspace/audiences' })
  const mayEdit = useMay('audiences:edit')
  const { data, error, refetch } = useAudiences()
  const columns = useColumns()
  const all = data?.audiences
  // what may go away again once the list has come cannot be reached before
  const isFilled = all === undefined ? error !== null : all.length > 0
  const shown = text === '' ? all : all?.filter(({ name, key }) => matches(text, [name, key]))
  const create = mayEdit && (
    <Button
      component={Anchor}
      href={places.audiences({ new: 'yes' })}
      leftSection={<IconPlus size={16} stroke={1.75} aria-hidden />}
    >
      {t('create')}
    </Button>
  )
  const seek = (wanted: string) =>
    void navigate({
      search: (before) => ({ ...before, q: wanted === '' ? undefined : wanted }),
      replace: true,
    })
  return (
    <>
      <PageHead
        title={t('title')}
        lead={t('lead')}
        actions={
          <>
            <CopyAsCurl request={api('GET /v1/audiences')} />
            {isFilled && create}
          </>
        }
      />
      {all !== undefined && all.length > 0 && (
        <div className="row wrap" style={{ marginBottom: 8 }}>
          <TextInput
            aria-label={t('search')}
            placeholder={t('search')}
            leftSection={<IconSearch size={16} stroke={1.5} aria-hidden />}
            value={text}
            onChange={(event) => seek(event.currentTarget.value)}
            style={{ width: 280, maxWidth: '100%' }}
          />
          <span className="grow" />
          <AsOf at={all[0]?.asOf} />
        </div>
      )}
      <div className={shown?.length === 0 ? 'card' : ''}>
        <DataTable
          label={t('title')}
          columns={columns}
          rows={shown}
          rowKey={({ key }) => key}
          href={({ key }) => places.audience(key)}
          error={error}
          onRetry={refetch}
          keptAs="audiences"
          empty={
            text !== '' && all !== undefined && all.length > 0 ? (
              <EmptyState
                icon={IconSearch}
                title={t('empty.none', { text })}
                lead={t('empty.noneLead')}
                action={
                  <Button variant="default" onClick={() => seek('')}>
                    {t('empty.clear')}
                  </Button>
                }
              />
            ) : (
              <EmptyState
                icon={IconUsersGroup}
                title={t('empty.title')}
                lead={t('empty.lead')}
                action={create}
              />
            )
          }
        />
      </div>
    </>
  )
}

function useColumns(): ReadonlyArray<Column<AudienceAnswer>> {
  const { t } = useTranslation('audiences')
  const formats = useFormats()
  const destinations = useDestinationsByAudience()
  return [
    {
      key: 'name',
      head: t('columns.name'),
      cell: ({ name }) => <bdi>{name}</bdi>,
      sortBy: ({ name }) => name,
    },
    {
      key: 'size',
      head: t('columns.size'),
      width: 128,
      isNumber: true,
      sortBy: ({ size }) => size,
      cell: ({ size, status, population }) => (
        <span className={status === 'preparing' ? css.old : ''}>
          {size === null ? <span className="quiet">–</span> : formats.number(size)}{' '}
          <span className={`note ${css.unit}`}>{t(`population.${population}Unit`)}</span>
        </span>
      ),
    },
    {
      key: 'status',
      head: t('columns.status'),
      width: 84,
      cell: (audience) => <AudienceStatus audience={audience} plain />,
      sortBy: ({ status }) => status,
    },
    {
      key: 'trend',
      head: t('columns.trend'),
      width: 124,
      isWideOnly: true,
      cell: ({ key }) => <Sparkline audience={key} />,
    },
    {
      key: 'destinations',
      head: t('columns.destinations'),
      width: 160,
      isWideOnly: true,
      cell: ({ key }) => {
        const names = destinations.get(key) ?? []
        return names.length === 0 ? <span className="quiet">–</span> : <bdi>{formats.list(names)}</bdi>
      },
      sortBy: ({ key }) => destinations.get(key)?.length ?? 0,
    },
    {
      key: 'changed',
      head: t('columns.changed'),
      width: 132,
      isWideOnly: true,
      cell: ({ changedAt }) => <Instant at={changedAt} />,
      sortBy: ({ changedAt }) => changedAt,
    },
    {
      key: 'key',
      head: t('columns.key'),
      width: 180,
      isOptional: true,
      cell: ({ key }) => <span className="code">{key}</span>,
      sortBy: ({ key }) => key,
    },
  ]
}

/** The names of the destinations that each audience is sent to. */
function useDestinationsByAudience(): ReadonlyMap<string, readonly string[]> {
  const connections = useGet(api('GET /v1/connections'), { freshMs: 10_000 })
  const destinations = useGet(api('GET /v1/destinations'), { freshMs: 10_000 })
  const names = new Map(destinations.data?.destinations.map(({ id, name }) => [id, name]))
  const found = new Map<string, string[]>()
  for (const { from, destination } of connections.data?.connections ?? []) {
    if (!('audience' in from)) continue
    const known = found.get(from.audience) ?? []
    const name = names.get(destination) ?? destination
    found.set(from.audience, known.includes(name) ? known : [...known, name])
  }
  return found
}
