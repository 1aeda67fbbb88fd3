import { describeCondition } from '@affluent/core/condition/describe/describe-condition'
import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import type { Json } from '@affluent/protocol/event'
import { ActionIcon, Button, Menu, Progress } from '@mantine/core'
import { IconCopy, IconDots, IconPencil, IconTrash, IconUsersGroup } from '@tabler/icons-react'
import { useParams, useRouter, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../api/api-error.ts'
import { api } from '../../api/request.ts'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { Sentence } from '../../conditions/sentence.tsx'
import { useSpeaker } from '../../conditions/use-speaker.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { AsOf } from '../../pieces/as-of.tsx'
import { CopyAsCurl } from '../../pieces/copy-as-curl.tsx'
import { CopyButton } from '../../pieces/copy-button.tsx'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { ErrorState } from '../../pieces/error-state.tsx'
import { Instant } from '../../pieces/instant.tsx'
import { JsonView } from '../../pieces/json-view.tsx'
import { LoadingRows } from '../../pieces/loading-rows.tsx'
import { May } from '../../pieces/may.tsx'
import { PageHead } from '../../pieces/page-head.tsx'
import { RoleNeeded } from '../../pieces/role-needed.tsx'
import { useReasonWords } from '../../words/error-words.ts'
import { AudienceBuilder } from './audience-builder.tsx'
import { AudienceConnections } from './audience-connections.tsx'
import { draftOf } from './audience-draft.ts'
import css from './audience-room.module.css'
import { AudienceStatus } from './audience-status.tsx'
import { DeleteAudience } from './delete-audience.tsx'
import { MembersTable } from './members-table.tsx'
import { TrendChart } from './trend-chart.tsx'
import { useAudience } from './use-audiences.ts'

/** One audience, or its builder. */
export function AudienceRoom() {
  const { key } = useParams({ from: '/w/$workspace/audiences/$key' })
  const { edit } = useSearch({ from: '/w/$workspace/audiences/$key' })
  const { t } = useTranslation('audiences')
  const places = usePlaces()
  const { data, error, refetch } = useAudience(key)
  const back = <Anchor href={places.audiences()}>{t('back')}</Anchor>
  if (data === undefined) {
    return (
      <>
        <PageHead title={key} back={back} />
        <div className="card">
          {error === null ? (
            <LoadingRows />
          ) : error instanceof ApiError && error.status === 404 ? (
            <EmptyState
              icon={IconUsersGroup}
              title={t('page.notFound')}
              lead={t('page.notFoundLead', { key })}
            />
          ) : (
            <ErrorState error={error} onRetry={refetch} />
          )}
        </div>
      </>
    )
  }
  if (edit !== undefined && edit !== false)
    return (
      <May to="audiences:edit" otherwise={<RoleNeeded isPage needs="audiences:edit" />}>
        <AudienceBuilder key={key} audience={data} start={draftOf(data)} keptAs={`edit-${key}`} />
      </May>
    )
  return <Page key={key} audience={data} />
}

function Page({ audience }: { audience: AudienceAnswer }) {
  const { t } = useTranslation('audiences')
  const places = usePlaces()
  const speaker = useSpeaker()
  const { key, name, status, condition, population } = audience
  const isOld = status === 'preparing'
  const said = describeCondition({ condition: condition as Json, population }, speaker)
  return (
    <>
      <PageHead
        title={name}
        beside={<AudienceStatus audience={audience} />}
        back={<Anchor href={places.audiences()}>{t('back')}</Anchor>}
        actions={
          <>
            <CopyAsCurl request={api('GET /v1/audiences/{key}', { params: { key } })} />
            <May to="audiences:edit">
              <Actions audience={audience} />
            </May>
          </>
        }
      />
      <div className={css.page}>
        <Notice audience={audience} />
        <p className={css.sentence} aria-label={t('page.sentence')} role="note">
          <Sentence text={said} />
        </p>
        <Facts audience={audience} isOld={isOld} />
        <TrendChart audience={key} isOld={isOld} />
        <AudienceConnections audience={key} />
        <May to="audience-members:read">
          <MembersTable audience={audience} isOld={isOld} />
        </May>
        <Definition audience={audience} />
      </div>
    </>
  )
}

function Actions({ audience }: { audience: AudienceAnswer }) {
  const { t } = useTranslation('audiences')
  const places = usePlaces()
  const router = useRouter()
  const [isRemoving, setRemoving] = useState(false)
  const { key } = audience
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon size="lg" aria-label={t('page.more')}>
            <IconDots size={18} stroke={1.5} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconCopy size={16} stroke={1.5} aria-hidden />}
            onClick={() => router.history.push(places.audiences({ new: 'yes', of: key }))}
          >
            {t('page.duplicate')}
          </Menu.Item>
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={16} stroke={1.5} aria-hidden />}
            onClick={() => setRemoving(true)}
          >
            {t('page.remove')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button
        component={Anchor}
        href={places.audience(key, { edit: true })}
        leftSection={<IconPencil size={16} stroke={1.5} aria-hidden />}
      >
        {t('page.edit')}
      </Button>
      <DeleteAudience audience={audience} opened={isRemoving} onClose={() => setRemoving(false)} />
    </>
  )
}

/** Saved is not applied yet, or could not be. */
function Notice({ audience: { status, progress, error, errorCode, size } }: { audience: AudienceAnswer }) {
  const { t } = useTranslation('audiences')
  const formats = useFormats()
  const sayReason = useReasonWords()
  if (status === 'live') return null
  if (status === 'failed')
    return (
      <div className={css.failed} role="alert">
        <p>{t('status.failedBecause', { reason: sayReason(errorCode, error ?? '–') })}</p>
        <p>{t('status.failedHint')}</p>
      </div>
    )
  return (
    <div className={css.preparing} role="status">
      <p>
        <strong>{t('status.preparing', { percent: formats.percent(progress) })}.</strong>{' '}
        {t('status.preparingLead')}
        {size !== null && ` ${t('status.preparingOld')}`}
      </p>
      <Progress value={progress * 100} size="sm" aria-label={t('status.progress')} />
    </div>
  )
}

function Facts({ audience, isOld }: { audience: AudienceAnswer; isOld: boolean }) {
  const { t } = useTranslation('audiences')
  const formats = useFormats()
  const { size, population, asOf, createdAt, changedAt, key } = audience
  return (
    <dl className={css.facts}>
      <div>
        <dt>{t('page.size')}</dt>
        <dd className={isOld ? css.old : ''}>
          <span className={css.figure}>{size === null ? '–' : formats.number(size)}</span>
          <span className="note">
            {size === null
              ? t('page.noSize')
              : t(population === 'known' ? 'population.knownUnit' : 'population.allUnit')}
            {size !== null && (
              <>
                {' · '}
                <AsOf at={asOf} />
              </>
            )}
          </span>
        </dd>
      </div>
      <div>
        <dt>{t('page.changed')}</dt>
        <dd>
          <Instant at={changedAt} />
        </dd>
      </div>
      <div>
        <dt>{t('page.created')}</dt>
        <dd>
          <Instant at={createdAt} />
        </dd>
      </div>
      <div>
        <dt>{t('page.key')}</dt>
        <dd className="row">
          <span className="code" style={{ overflowWrap: 'anywhere' }}>
            {key}
          </span>
          <CopyButton text={key} name={t('page.key')} />
        </dd>
      </div>
    </dl>
  )
}

function Definition({ audience }: { audience: AudienceAnswer }) {
  const { t } = useTranslation('audiences')
  const [isOpen, setOpen] = useState(false)
  return (
    <section className="card" style={{ padding: 16 }} aria-label={t('page.condition')}>
      <div className="row wrap">
        <h2 className="grow">{t('page.condition')}</h2>
        <CopyButton text={JSON.stringify(audience.condition, undefined, 2)} label={t('page.copyCondition')} />
        <Button variant="default" size="xs" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t(isOpen ? 'page.hideJson' : 'page.showJson')}
        </Button>
      </div>
      {isOpen && (
        <div style={{ marginTop: 12 }}>
          <JsonView value={audience.condition} />
        </div>
      )}
    </section>
  )
}
