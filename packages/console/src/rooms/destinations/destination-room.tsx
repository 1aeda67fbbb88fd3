import type { DestinationAnswer, TestAnswer } from '@affluent/protocol/endpoints/destinations'
import { ActionIcon, Button, Menu } from '@mantine/core'
import {
  IconDots,
  IconPlayerPause,
  IconPlayerPlay,
  IconSend2,
  IconTestPipe,
  IconTrash,
} from '@tabler/icons-react'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../api/api-error.ts'
import { api } from '../../api/request.ts'
import { useMayDo } from '../../api/use-may.ts'
import { useSend } from '../../api/use-send.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { CopyAsCurl } from '../../pieces/copy-as-curl.tsx'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { ErrorNote } from '../../pieces/error-note.tsx'
import { ErrorState } from '../../pieces/error-state.tsx'
import { LoadingRows } from '../../pieces/loading-rows.tsx'
import { May } from '../../pieces/may.tsx'
import { PageHead } from '../../pieces/page-head.tsx'
import { RoleNeeded } from '../../pieces/role-needed.tsx'
import { ConnectionPanel } from './connection-panel.tsx'
import { ConnectionsTable } from './connections-table.tsx'
import { DeleteDestination } from './delete-destination.tsx'
import { DeliveryLog } from './delivery-log.tsx'
import { DeliveryPanel } from './delivery-panel.tsx'
import { DestinationHealth } from './destination-health.tsx'
import { type DestinationSearch, readDestinationSearch } from './destination-search.ts'
import { DestinationSettings } from './destination-settings.tsx'
import { DestinationState } from './destination-state.tsx'
import css from './destinations.module.css'
import { TestResult } from './test-result.tsx'
import { useConnections, useDestination, useIsSandbox } from './use-destinations.ts'
import { useReasons } from './use-reasons.ts'

/** One destination: its health, what is sent to it, what became of each delivery, and its settings. */
export function DestinationRoom() {
  const { id } = useParams({ from: '/w/$workspace/destinations/$id' })
  const search = readDestinationSearch(useSearch({ from: '/w/$workspace/destinations/$id' }))
  const { t } = useTranslation('destinations')
  const places = usePlaces()
  const { data, error, refetch } = useDestination(id)
  const back = <Anchor href={places.destinations()}>{t('back')}</Anchor>
  if (data !== undefined) return <Page key={id} destination={data.destination} search={search} />
  return (
    <>
      <PageHead title={t('title')} back={back} />
      <div className="card">
        {error === null ? (
          <LoadingRows />
        ) : error instanceof ApiError && error.status === 404 ? (
          <EmptyState icon={IconSend2} title={t('page.notFound')} lead={t('page.notFoundLead')} />
        ) : (
          <ErrorState error={error} onRetry={refetch} />
        )}
      </div>
    </>
  )
}

function Page({ destination, search }: { destination: DestinationAnswer; search: DestinationSearch }) {
  const { t } = useTranslation('destinations')
  const places = usePlaces()
  const isSandbox = useIsSandbox()
  const { id, name, enabled, health } = destination
  const test = useSend<TestAnswer>([])
  const change = useSend(['/v1/destinations'])
  const [isRemoving, setRemoving] = useState(false)
  const isRunning = enabled && health.stoppedBecause === null
  const switchTo = (on: boolean) =>
    change.mutate(api('PUT /v1/destinations/{id}', { params: { id }, body: { enabled: on } }))
  return (
    <>
      <PageHead
        title={name}
        beside={<DestinationState health={health} />}
        lead={destination.settings.url}
        back={<Anchor href={places.destinations()}>{t('back')}</Anchor>}
        actions={
          <>
            <CopyAsCurl request={api('GET /v1/destinations/{id}', { params: { id } })} />
            <May to="destinations:edit">
              <Menu position="bottom-end" withinPortal>
                <Menu.Target>
                  <ActionIcon size="lg" aria-label={t('page.more')}>
                    <IconDots size={18} stroke={1.5} />
                  </ActionIcon>
                </Menu.Target>
                <Menu.Dropdown>
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
                variant="default"
                leftSection={<IconTestPipe size={16} stroke={1.5} aria-hidden />}
                loading={test.isPending}
                disabled={isSandbox}
                title={isSandbox ? t('test.sandbox') : undefined}
                onClick={() => test.mutate(api('POST /v1/destinations/{id}/test', { params: { id } }))}
              >
                {t('page.test')}
              </Button>
              <Button
                variant={isRunning ? 'default' : 'filled'}
                leftSection={
                  isRunning ? (
                    <IconPlayerPause size={16} stroke={1.5} aria-hidden />
                  ) : (
                    <IconPlayerPlay size={16} stroke={1.5} aria-hidden />
                  )
                }
                loading={change.isPending}
                onClick={() => switchTo(!isRunning)}
              >
                {t(isRunning ? 'page.pause' : 'page.resume')}
              </Button>
            </May>
          </>
        }
      />
      {isSandbox && (
        <p className={css.held}>
          {t('sandbox')} {t('sandboxOff')}
        </p>
      )}
      <div className={css.page}>
        <Stopped destination={destination} />
        <ErrorNote error={change.error} />
        <TestResult answer={test.data} error={test.error} />
        <DestinationHealth destination={destination} />
        <ConnectionsTable destination={destination} />
        <May to="deliveries:read" otherwise={<NoLog />}>
          <DeliveryLog destination={destination} search={search} />
        </May>
        <May to="destinations:edit">
          <DestinationSettings destination={destination} />
        </May>
      </div>
      <Panels destination={destination} search={search} />
      {isRemoving && <DeleteDestination destination={destination} onClose={() => setRemoving(false)} />}
    </>
  )
}

/** The log is not for this role: which ones it is for. */
function NoLog() {
  const { t } = useTranslation('destinations')
  return (
    <section aria-label={t('log.title')}>
      <div className={css.head}>
        <h2 className="grow">{t('log.title')}</h2>
      </div>
      <RoleNeeded needs="deliveries:read" />
    </section>
  )
}

/** It was stopped by its own answer: why, and what to do. */
function Stopped({ destination: { health } }: { destination: DestinationAnswer }) {
  const { t } = useTranslation('destinations')
  const reasons = useReasons()
  const { state, stoppedBecause } = health
  if (stoppedBecause === null)
    return state === 'paused' ? <p className={css.held}>{t('stateHints.paused')}</p> : null
  return (
    <div className={css.stopped} role="alert">
      <p>
        <strong>{t('page.stopped', { reason: reasons.reason(stoppedBecause) })}</strong>{' '}
        {reasons.todo(stoppedBecause)} {t('page.stoppedHint')}
      </p>
    </div>
  )
}

/** What stands beside the page, as the address says. */
function Panels({ destination, search }: { destination: DestinationAnswer; search: DestinationSearch }) {
  const navigate = useNavigate({ from: '/w/$workspace/destinations/$id' })
  const connections = useConnections(destination.id).data?.connections
  const { delivery, connection, audience } = search
  const close = () =>
    void navigate({
      search: (before) => ({ ...before, delivery: undefined, connection: undefined, audience: undefined }),
    })
  const may = useMayDo()
  if (delivery !== undefined)
    return may('deliveries:read') && <DeliveryPanel key={delivery} id={delivery} onClose={close} />
  if (!may('connections:edit')) return null
  const found = connections?.find(({ id }) => id === connection)
  if (connection !== 'new' && found === undefined) return null
  return (
    <ConnectionPanel
      key={connection}
      destination={destination}
      connection={found}
      audience={audience}
      onClose={close}
    />
  )
}
