import type { FoundProfile } from '@affluent/protocol/endpoints/profiles'
import { TextInput } from '@mantine/core'
import { useDebouncedCallback, useMediaQuery } from '@mantine/hooks'
import { IconSearch, IconUserSearch, IconUsers } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { CopyAsCurl } from '../../pieces/copy-as-curl.tsx'
import { type Column, DataTable } from '../../pieces/data-table.tsx'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { Initials } from '../../pieces/initials.tsx'
import { Instant } from '../../pieces/instant.tsx'
import { MaskedNote } from '../../pieces/masked-note.tsx'
import { May } from '../../pieces/may.tsx'
import { PageHead } from '../../pieces/page-head.tsx'
import { PlainText } from '../../pieces/plain-text.tsx'
import { IdentifierText } from '../live/identifier-text.tsx'
import { KindBadge } from './kind-badge.tsx'
import css from './people-room.module.css'

const SHOWN_MAX = 100
const PAUSE_MS = 200
const EVERY_MS = 10_000

/** Somebody is found by anything that is known of them. */
export function PeopleRoom() {
  const { t } = useTranslation('people')
  const { search = '' } = useSearch({ from: '/w/$workspace/people' })
  const formats = useFormats()
  const places = usePlaces()
  const request = api('GET /v1/profiles', { query: { search, limit: SHOWN_MAX } })
  const { data, error, refetch, isPlaceholderData } = useGet(request, {
    keep: true,
    everyMs: EVERY_MS,
  })
  const columns = useColumns(search !== '')
  const count = data?.profiles.length
  return (
    <>
      <PageHead title={t('title')} lead={t('lead')} actions={<CopyAsCurl request={request} />} />
      <SearchField text={search} />
      <p className={css.said} role="status">
        {count !== undefined && count > 0 && !isPlaceholderData && (
          <>
            {search === '' ? t('newest') : t('found', { count, shown: formats.number(count) })}
            {count === SHOWN_MAX && <> {t('foundMany', { max: formats.number(SHOWN_MAX) })}</>}
          </>
        )}
      </p>
      <MaskedNote masked={data?.masked} />
      <div style={isPlaceholderData ? { opacity: 0.6 } : undefined}>
        <DataTable
          label={t('table')}
          columns={columns}
          rows={data?.profiles}
          rowKey={({ id }) => id}
          href={({ id }) => places.person(id)}
          error={error}
          onRetry={refetch}
          empty={<Nobody text={search} />}
        />
      </div>
    </>
  )
}

/** What is typed stands in the address a moment later, so that a search can be passed on. */
function SearchField({ text }: { text: string }) {
  const { t } = useTranslation('people')
  const navigate = useNavigate({ from: '/w/$workspace/people' })
  const [typed, setTyped] = useState(text)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => setTyped(text), [text])
  const ask = useDebouncedCallback(
    (next: string) => void navigate({ search: next === '' ? {} : { search: next }, replace: true }),
    { delay: PAUSE_MS, flushOnUnmount: false },
  )
  return (
    <search>
      <TextInput
        ref={field}
        type="search"
        size="md"
        className={css.search}
        aria-label={t('search.label')}
        placeholder={t('search.placeholder')}
        leftSection={<IconSearch size={18} stroke={1.5} aria-hidden />}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value)
          ask(event.currentTarget.value.trim())
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') ask.flush()
        }}
        maxLength={255}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
      />
      <p className="note">{t('search.hint')}</p>
    </search>
  )
}

function useColumns(isSearch: boolean): ReadonlyArray<Column<FoundProfile>> {
  const { t, i18n } = useTranslation('people')
  const isNarrow = useMediaQuery('(max-width: 600px)', false)
  return useMemo(() => {
    const columns: Column<FoundProfile>[] = [
      {
        key: 'name',
        head: t('columns.name'),
        cell: ({ id, title, beside }) => (
          <span className={css.name}>
            <Initials name={title} seed={id} size={24} />
            <span className="cut">
              <PlainText>{title}</PlainText>
              {beside.length > 0 && (
                <>
                  {' '}
                  <span className="note">
                    <PlainText>{beside.join(' · ')}</PlainText>
                  </span>
                </>
              )}
            </span>
          </span>
        ),
      },
      {
        key: 'kind',
        head: t('columns.kind'),
        width: isNarrow ? 92 : 120,
        cell: ({ kind }) => <KindBadge kind={kind} plain />,
      },
      {
        key: 'seen',
        head: t('columns.lastSeen'),
        width: isNarrow ? 124 : 160,
        sortBy: ({ lastSeen }) => lastSeen,
        cell: ({ lastSeen }) => <Instant at={lastSeen} />,
      },
    ]
    const match: Column<FoundProfile> = {
      key: 'match',
      head: t('columns.match'),
      cell: ({ match: { namespace, value } }) =>
        namespace === 'name' || namespace === 'profile_id' ? (
          <span className="quiet">{t(`matchedBy.${namespace}`)}</span>
        ) : (
          <IdentifierText namespace={namespace} value={value} />
        ),
    }
    // On a narrow screen, kind and last sign stay in sight.
    return isSearch ? columns.toSpliced(isNarrow ? columns.length : 1, 0, match) : columns
  }, [i18n.language, isSearch, isNarrow])
}

function Nobody({ text }: { text: string }) {
  const { t } = useTranslation('people')
  const places = usePlaces()
  if (text !== '')
    return (
      <div className="card">
        <EmptyState icon={IconUserSearch} title={t('nobody.title', { text })} lead={t('nobody.lead')} />
      </div>
    )
  return (
    <div className="card">
      <EmptyState
        icon={IconUsers}
        title={t('empty.title')}
        lead={t('empty.lead')}
        action={
          <May to="events:read">
            <Anchor href={places.live()}>{t('empty.action')}</Anchor>
          </May>
        }
      />
    </div>
  )
}
