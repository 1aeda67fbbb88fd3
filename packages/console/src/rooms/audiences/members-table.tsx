import type { AudienceAnswer, AudienceMember } from '@affluent/protocol/endpoints/audiences'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { usePages } from '../../api/use-pages.ts'
import { usePlaces } from '../../app/places.ts'
import { AsOf } from '../../pieces/as-of.tsx'
import { CopyAsCurl } from '../../pieces/copy-as-curl.tsx'
import { type Column, DataTable } from '../../pieces/data-table.tsx'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { Initials } from '../../pieces/initials.tsx'
import { MaskedNote } from '../../pieces/masked-note.tsx'
import { MemberSince } from '../../pieces/member-since.tsx'
import css from './audience-room.module.css'
import { besideTitle, type MemberIdentifier } from './member-title.ts'

const PAGE = 50
const IDENTIFIERS_SHOWN = 2

/** The members of an audience as of one moment, page by page; each row opens to the person. */
export function MembersTable({ audience, isOld }: { audience: AudienceAnswer; isOld: boolean }) {
  const { t } = useTranslation('audiences')
  const places = usePlaces()
  const { key, size } = audience
  const request = api('GET /v1/audiences/{key}/members', { params: { key }, query: { limit: PAGE } })
  const pages = usePages(request, { enabled: size !== null })
  const columns = useColumns(audience.createdAt)
  const rows = pages.data?.pages.flatMap(({ members }) => members)
  return (
    <section aria-label={t('page.members')}>
      <div className="row" style={{ marginBottom: 8 }}>
        <h2>{t('page.members')}</h2>
        <AsOf at={pages.data?.pages[0]?.asOf} />
        <span className="grow" />
        <CopyAsCurl request={request} />
      </div>
      <MaskedNote masked={pages.data?.pages.flatMap(({ masked = [] }) => masked)} />
      {size === null ? (
        <div className="card">
          <EmptyState title={t('page.membersPreparing')} />
        </div>
      ) : (
        <div className={`${rows?.length === 0 ? 'card' : ''} ${isOld ? css.old : ''}`}>
          <DataTable
            label={t('page.members')}
            columns={columns}
            rows={rows}
            rowKey={({ profileId }) => profileId}
            href={({ profileId }) => places.person(profileId)}
            error={pages.error}
            onRetry={pages.refetch}
            onMore={pages.hasNextPage ? pages.fetchNextPage : undefined}
            isReadingMore={pages.isFetchingNextPage}
            empty={<EmptyState title={t('page.membersEmpty')} lead={t('page.membersEmptyLead')} />}
          />
        </div>
      )}
    </section>
  )
}

function useColumns(createdAt: string): ReadonlyArray<Column<AudienceMember>> {
  const { t } = useTranslation('audiences')
  return [
    {
      key: 'person',
      head: t('page.person'),
      cell: ({ profileId, title }) => (
        <span className="row">
          <Initials name={title || profileId} seed={profileId} size={22} />
          <bdi className="cut">{title || profileId}</bdi>
        </span>
      ),
    },
    {
      key: 'identifiers',
      head: t('page.identifiers'),
      cell: ({ title, identifiers }) => <Identifiers identifiers={besideTitle(identifiers, title)} />,
    },
    {
      key: 'since',
      head: t('page.since'),
      width: 180,
      cell: ({ since }) => <MemberSince {...{ since, createdAt }} />,
      sortBy: ({ since }) => since,
    },
  ]
}

/** The ones beside the title; how many more there are. */
function Identifiers({ identifiers: others }: { identifiers: readonly MemberIdentifier[] }) {
  const { t } = useTranslation('audiences')
  const shown = others.slice(0, IDENTIFIERS_SHOWN)
  const count = others.length - shown.length
  if (shown.length === 0) return <span className="quiet">–</span>
  return (
    <span className="note">
      {shown.map(({ namespace, value }, index) => (
        <span key={`${namespace}:${value}`}>
          {index > 0 && ' · '}
          {namespace} <bdi>{value}</bdi>
        </span>
      ))}
      {count > 0 && ` ${t('page.others', { count })}`}
    </span>
  )
}
