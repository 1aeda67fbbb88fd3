import type { ProfileAnswer } from '@affluent/protocol/endpoints/profiles'
import { Button, Select } from '@mantine/core'
import { lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { type Column, DataTable } from '../../pieces/data-table.tsx'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { LoadingRows } from '../../pieces/loading-rows.tsx'
import { MemberSince } from '../../pieces/member-since.tsx'
import { PlainText } from '../../pieces/plain-text.tsx'
import css from './audiences-tab.module.css'

// What reads conditions brings a calendar along, and is only needed here.
const WhyCard = lazy(async () => ({ default: (await import('./why-card.tsx')).WhyCard }))

type Membership = ProfileAnswer['audiences'][number]

interface AudiencesTabProps {
  profile: ProfileAnswer
  /** The key of the audience that is explained. */
  chosen: string | undefined
  onChoose: (audience: string | undefined) => void
}

/** Where somebody is a member and since when; and for any audience why, or why not. */
export function AudiencesTab({ profile, chosen, onChoose }: AudiencesTabProps) {
  const { t, i18n } = useTranslation('people')
  const places = usePlaces()
  const { data } = useGet(api('GET /v1/audiences'), { freshMs: 5_000 })
  const all = data?.audiences
  const nameOf = (key: string) => all?.find((one) => one.key === key)?.name ?? key
  const others = (all ?? []).filter(({ key }) => !profile.audiences.some((one) => one.key === key))
  const columns = useMemo(
    (): ReadonlyArray<Column<Membership>> => [
      {
        key: 'name',
        head: t('audiences.name'),
        sortBy: ({ key }) => nameOf(key),
        cell: ({ key }) => (
          <Anchor href={places.audience(key)}>
            <PlainText>{nameOf(key)}</PlainText>
          </Anchor>
        ),
      },
      {
        key: 'since',
        head: t('audiences.since'),
        width: 140,
        sortBy: ({ since }) => since,
        cell: ({ key, since }) => (
          <MemberSince since={since} createdAt={all?.find((one) => one.key === key)?.createdAt} />
        ),
      },
      {
        key: 'why',
        head: t('audiences.explanation'),
        width: 84,
        cell: ({ key }) => (
          <Button
            size="xs"
            variant={key === chosen ? 'light' : 'default'}
            aria-pressed={key === chosen}
            onClick={() => onChoose(key === chosen ? undefined : key)}
          >
            {t('audiences.why')}
          </Button>
        ),
      },
    ],
    [i18n.language, all, chosen, places, onChoose],
  )
  return (
    <div className={css.columns}>
      <div className="stack">
        <DataTable
          label={t('audiences.title')}
          columns={columns}
          rows={profile.audiences}
          rowKey={({ key }) => key}
          selected={chosen}
          empty={
            <div className="card">
              <EmptyState
                title={t('audiences.none')}
                lead={t(all?.length === 0 ? 'audiences.noneAtAll' : 'audiences.noneLead')}
              />
            </div>
          }
        />
        {others.length > 0 && (
          <Select
            label={t('audiences.whyNot')}
            description={t('audiences.whyNotHint')}
            placeholder={t('audiences.choose')}
            searchable
            clearable
            nothingFoundMessage={t('audiences.noSuch')}
            value={others.some(({ key }) => key === chosen) ? (chosen ?? null) : null}
            onChange={(key) => onChoose(key ?? undefined)}
            data={others.map(({ key, name }) => ({ value: key, label: name }))}
            maw={360}
          />
        )}
      </div>
      {chosen !== undefined && (
        <Suspense fallback={<LoadingRows rows={3} />}>
          <WhyCard
            key={chosen}
            profile={profile}
            audience={
              all?.find(({ key }) => key === chosen) ?? { key: chosen, name: chosen, condition: null }
            }
          />
        </Suspense>
      )}
    </div>
  )
}
