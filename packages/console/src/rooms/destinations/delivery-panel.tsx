import type { OneDeliveryAnswer } from '@affluent/protocol/endpoints/deliveries'
import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../api/api-error.ts'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { useMay } from '../../api/use-may.ts'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { CopyAsCurl } from '../../pieces/copy-as-curl.tsx'
import { CopyButton } from '../../pieces/copy-button.tsx'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { ErrorState } from '../../pieces/error-state.tsx'
import { Instant } from '../../pieces/instant.tsx'
import { JsonText } from '../../pieces/json-view.tsx'
import { LoadingRows } from '../../pieces/loading-rows.tsx'
import { RawMessage } from '../../pieces/raw-message.tsx'
import { SidePanel } from '../../pieces/side-panel.tsx'
import { StatusBadge } from '../../pieces/status-badge.tsx'
import { curlOfRequest } from './curl-of-request.ts'
import { STATUS_TONES } from './delivery-states.ts'
import css from './destinations.module.css'
import { saysMore } from './last-error.ts'
import { ReplayDialog } from './replay-dialog.tsx'
import { REPLAY_STATUSES } from './replay-filter.ts'
import { useConnectionWords } from './use-connection-words.ts'
import { useConnections, useIsSandbox } from './use-destinations.ts'
import { useReasons } from './use-reasons.ts'

type Delivery = OneDeliveryAnswer['delivery']
type Attempt = Delivery['attempts'][number]

const PANEL_WIDTH = 640
const EVERY_MS = 3_000

/** One delivery: whose it is, the exact request, and every answer to it. */
export function DeliveryPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation('destinations')
  const isSandbox = useIsSandbox()
  const [isReplaying, setReplaying] = useState(false)
  const mayReplay = useMay('deliveries:replay')
  const request = api('GET /v1/deliveries/{id}', { params: { id } })
  const first = useGet(request, { freshMs: 1_000 })
  const isOpen = first.data?.delivery.endedAt === null
  const { data, error, refetch } = useGet(request, { everyMs: isOpen ? EVERY_MS : false })
  const delivery = data?.delivery
  const status = REPLAY_STATUSES.find((one) => one === delivery?.status)
  return (
    <SidePanel
      title={t('panel.title', { id })}
      head={
        <div className="row wrap">
          <h2 className="cut">{delivery === undefined ? id : delivery.event.name || delivery.event.type}</h2>
          {delivery !== undefined && (
            <StatusBadge tone={STATUS_TONES[delivery.status]}>
              {t(`log.statuses.${delivery.status}`)}
            </StatusBadge>
          )}
        </div>
      }
      actions={
        <>
          <CopyAsCurl isNarrow request={request} />
          {status !== undefined && mayReplay && (
            <Button
              variant="default"
              size="xs"
              leftSection={<IconRefresh size={14} stroke={1.5} aria-hidden />}
              onClick={() => setReplaying(true)}
              disabled={isSandbox}
              title={isSandbox ? t('replay.sandbox') : undefined}
            >
              {t('panel.replay')}
            </Button>
          )}
        </>
      }
      onClose={onClose}
      width={PANEL_WIDTH}
    >
      {delivery === undefined ? (
        error === null ? (
          <LoadingRows />
        ) : error instanceof ApiError && error.status === 404 ? (
          <EmptyState title={t('panel.notFound')} lead={t('panel.notFoundLead')} />
        ) : (
          <ErrorState error={error} onRetry={refetch} />
        )
      ) : (
        <Details delivery={delivery} />
      )}
      {isReplaying && status !== undefined && (
        <ReplayDialog scope={{ kind: 'ids', ids: [id], status }} onClose={() => setReplaying(false)} />
      )}
    </SidePanel>
  )
}

function Details({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation('destinations')
  return (
    <>
      <Why delivery={delivery} />
      <Facts delivery={delivery} />
      <section className={css.section} aria-label={t('panel.attempts')}>
        <h3>{t('panel.attempts')}</h3>
        {delivery.attempts.length === 0 && <p className="quiet">{t('panel.attemptsNone')}</p>}
        {delivery.attempts.map((attempt, index) => (
          <AttemptCard key={attempt.at} attempt={attempt} number={index + 1} />
        ))}
      </section>
      <RequestCard delivery={delivery} />
    </>
  )
}

/** Why it is not delivered, and what to do. */
function Why({ delivery: { reason, status } }: { delivery: Delivery }) {
  const reasons = useReasons()
  if (reason === null) return null
  const todo = reasons.todo(reason)
  return (
    <p className={status === 'held' ? css.held : css.stopped}>
      <span>
        <strong>{reasons.reason(reason)}.</strong> {todo}
      </span>
    </p>
  )
}

function Facts({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation('destinations')
  const places = usePlaces()
  const words = useConnectionWords()
  const { data } = useConnections(delivery.destination)
  const { id, profileId, profileTitle, event, connection, purpose, createdAt, endedAt, nextAt } = delivery
  const known = data?.connections.find((one) => one.id === connection)
  return (
    <dl className={css.panelFacts}>
      <dt>{t('panel.person')}</dt>
      <dd>
        {profileId === null ? (
          <span className="quiet">{t('log.nobody')}</span>
        ) : (
          <span className="row wrap">
            {profileTitle !== null && (
              <Anchor href={places.person(profileId)}>
                <bdi>{profileTitle}</bdi>
              </Anchor>
            )}
            {profileTitle === null ? (
              <Anchor href={places.person(profileId)} className="code">
                {profileId}
              </Anchor>
            ) : (
              <span className="code note">{profileId}</span>
            )}
          </span>
        )}
      </dd>
      <dt>{t('panel.event')}</dt>
      <dd>
        <Anchor href={places.live({ event: `evt_${event.position}` })} className="code">
          evt_{event.position}
        </Anchor>
      </dd>
      <dt>{t('panel.connection')}</dt>
      <dd>
        <bdi>{known === undefined ? connection : words.from(known)}</bdi>
      </dd>
      <dt>{t('panel.purpose')}</dt>
      <dd>{purpose === 'operations' ? t('panel.purposes.operations') : purpose}</dd>
      <dt>{t('panel.created')}</dt>
      <dd>
        <Instant at={createdAt} exact />
      </dd>
      {endedAt !== null && (
        <>
          <dt>{t('panel.ended')}</dt>
          <dd>
            <Instant at={endedAt} exact />
          </dd>
        </>
      )}
      {nextAt !== null && (
        <>
          <dt>{t('panel.next')}</dt>
          <dd>
            <Instant at={nextAt} />
          </dd>
        </>
      )}
      <dt title={t('panel.idHint')}>{t('panel.id')}</dt>
      <dd className="row">
        <span className="code">{id}</span>
        <CopyButton text={id} name={t('panel.id')} />
      </dd>
    </dl>
  )
}

function AttemptCard({ attempt, number }: { attempt: Attempt; number: number }) {
  const { t } = useTranslation('destinations')
  const formats = useFormats()
  const reasons = useReasons()
  const { at, status, ms, error, response } = attempt
  return (
    <article className={css.attempt} aria-label={t('panel.attempt', { number })}>
      <div className={css.attemptHead}>
        <StatusBadge tone={error === null ? 'good' : 'bad'}>
          {status === null ? t('panel.noAnswer') : String(status)}
        </StatusBadge>
        <span>{error === null ? '' : reasons.reason(error.code)}</span>
        <span className="grow" />
        <span className="note tabular">
          {formats.duration(ms)} · <Instant at={at} exact />
        </span>
      </div>
      {error !== null && saysMore(error.message) && <RawMessage text={error.message} />}
      {response !== null && <Response response={response} />}
    </article>
  )
}

function Response({
  response: { headers, body, truncated },
}: {
  response: NonNullable<Attempt['response']>
}) {
  const { t } = useTranslation('destinations')
  const [isOpen, setOpen] = useState(false)
  return (
    <div style={{ marginTop: 8 }}>
      {body === '' ? <p className="note">{t('panel.answerEmpty')}</p> : <pre className={css.raw}>{body}</pre>}
      {truncated && <p className="note">{t('panel.truncated')}</p>}
      <Button
        variant="subtle"
        size="compact-xs"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        mt={4}
      >
        {t('panel.headers')}
      </Button>
      {isOpen && <Headers headers={headers} />}
    </div>
  )
}

function RequestCard({ delivery: { request } }: { delivery: Delivery }) {
  const { t } = useTranslation('destinations')
  const wasSent = request !== null && request.url !== ''
  const title = t(wasSent || request === null ? 'panel.request' : 'panel.requestWould')
  return (
    <section className={css.section} aria-label={title}>
      <div className="row wrap" style={{ marginBottom: 8 }}>
        <h3 className="grow" style={{ margin: 0 }}>
          {title}
        </h3>
        {request !== null && <CopyButton text={request.body} label={t('panel.copyBody')} />}
        {wasSent && <CopyButton text={curlOfRequest(request)} label={t('panel.copyCurl')} />}
      </div>
      {!wasSent && <p className="note">{t(request === null ? 'panel.requestNone' : 'panel.requestHeld')}</p>}
      {wasSent && (
        <>
          <p className="code" style={{ overflowWrap: 'anywhere' }}>
            {request.method} <bdi>{request.url}</bdi>
          </p>
          <Headers headers={request.headers} />
          <p className="note">{t('panel.masked')}</p>
        </>
      )}
      {request !== null && (
        <div className={css.preview} style={{ marginTop: 8 }}>
          <JsonText text={request.body} />
        </div>
      )}
    </section>
  )
}

function Headers({ headers }: { headers: Readonly<Record<string, string>> }) {
  const { t } = useTranslation('destinations')
  return (
    <table className={css.headers} aria-label={t('panel.headers')}>
      <tbody>
        {Object.entries(headers).map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <bdi>{value}</bdi>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
