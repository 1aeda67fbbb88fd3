import type { ProfileAnswer } from '@affluent/protocol/endpoints/profiles'
import { Tabs } from '@mantine/core'
import { IconUserOff } from '@tabler/icons-react'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../api/api-error.ts'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { useMayDo } from '../../api/use-may.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { ErrorState } from '../../pieces/error-state.tsx'
import { LoadingRows } from '../../pieces/loading-rows.tsx'
import { MaskedNote } from '../../pieces/masked-note.tsx'
import { May } from '../../pieces/may.tsx'
import { PageHead } from '../../pieces/page-head.tsx'
import { RoleNeeded } from '../../pieces/role-needed.tsx'
import { EventPanel } from '../live/event-panel.tsx'
import { AudiencesTab } from './audiences-tab.tsx'
import { DeliveriesTab } from './deliveries-tab.tsx'
import { IdentityTab } from './identity-tab.tsx'
import { PROFILE_TABS, type ProfileSearch } from './people-search.ts'
import { ProfileHead } from './profile-head.tsx'
import css from './profile-room.module.css'
import { Timeline } from './timeline.tsx'
import { TraitsCard } from './traits-card.tsx'

const EVERY_MS = 4_000

/** One person: what is known, what they did, how the profile came together, where they are and what was sent. */
export function ProfileRoom() {
  const { t } = useTranslation('people')
  const { profileId } = useParams({ from: '/w/$workspace/people/$profileId' })
  const places = usePlaces()
  const request = api('GET /v1/profiles/{id}', { params: { id: profileId } })
  const { data, error, refetch } = useGet(request, { everyMs: EVERY_MS })
  if (data !== undefined)
    return <Profile key={data.profile.id} profile={data.profile} masked={data.masked} asked={profileId} />
  const back = <Anchor href={places.people()}>{t('title')}</Anchor>
  if (error instanceof ApiError && error.status === 404)
    return (
      <>
        <PageHead title={t('missing.title')} back={back} />
        <div className="card">
          <EmptyState icon={IconUserOff} title={t('missing.title')} lead={t('missing.lead')} />
        </div>
      </>
    )
  return (
    <>
      <PageHead title={t('one')} back={back} />
      {error === null ? <LoadingRows rows={8} /> : <ErrorState error={error} onRetry={refetch} />}
    </>
  )
}

function Profile({
  profile,
  masked,
  asked,
}: {
  profile: ProfileAnswer
  masked: readonly string[] | undefined
  asked: string
}) {
  const { t } = useTranslation('people')
  const places = usePlaces()
  const may = useMayDo()
  const search = useSearch({ from: '/w/$workspace/people/$profileId' })
  const navigate = useNavigate({ from: '/w/$workspace/people/$profileId' })
  const change = (part: Partial<Record<keyof ProfileSearch, string | undefined>>) =>
    void navigate({
      search: (now) => ({ ...now, ...part }) as ProfileSearch,
      replace: true,
      resetScroll: false,
    })
  const { tab = 'activity', event, view } = search
  const wasMerged = asked.startsWith('prf_') && asked !== profile.id
  return (
    <>
      <ProfileHead profile={profile} />
      <MaskedNote masked={masked} />
      {wasMerged && (
        <p className={css.merged} role="status">
          {t('merged')} <Anchor href={places.person(profile.id)}>{t('mergedLink')}</Anchor>
        </p>
      )}
      <Tabs
        value={tab}
        onChange={(value) => change({ tab: PROFILE_TABS.find((one) => one === value) })}
        keepMounted={false}
      >
        <Tabs.List className={css.tabs}>
          {PROFILE_TABS.filter((one) => one !== 'deliveries' || may('deliveries:read')).map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`tabs.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="activity" pt="md">
          <div className={css.columns}>
            <TraitsCard profile={profile} />
            <Timeline profile={profile} type={search.type} onType={(type) => change({ type })} />
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="identity" pt="md">
          <IdentityTab profile={profile} />
        </Tabs.Panel>
        <Tabs.Panel value="audiences" pt="md">
          <AudiencesTab
            profile={profile}
            chosen={search.audience}
            onChoose={(audience) => change({ audience })}
          />
        </Tabs.Panel>
        <Tabs.Panel value="deliveries" pt="md">
          <May to="deliveries:read" otherwise={<RoleNeeded needs="deliveries:read" />}>
            <DeliveriesTab profileId={profile.id} />
          </May>
        </Tabs.Panel>
      </Tabs>
      {event !== undefined && may('events:read') && (
        <EventPanel
          id={event}
          view={view}
          onView={(next) => change({ view: next })}
          onClose={() => change({ event: undefined, view: undefined })}
        />
      )}
    </>
  )
}
