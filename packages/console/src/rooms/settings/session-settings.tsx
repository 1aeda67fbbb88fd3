import type { ListedSession } from '@affluent/protocol/endpoints/sessions'
import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconLogout2 } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { useSend } from '../../api/use-send.ts'
import { DataTable } from '../../pieces/data-table.tsx'
import { ErrorNote } from '../../pieces/error-note.tsx'
import { Instant } from '../../pieces/instant.tsx'
import css from './settings-room.module.css'

const CHANGES = ['/v1/sessions']
const EVERY_MS = 30_000

/** Where the member is signed in; sessions are ended here. */
export function SessionSettings() {
  const { t } = useTranslation('settings')
  const { data, error, refetch } = useGet(api('GET /v1/sessions'), { everyMs: EVERY_MS })
  const end = useSend(CHANGES)
  const endOthers = useSend(CHANGES)
  const say = (message: string) => void notifications.show({ message })
  const nameOf = ({ device }: ListedSession) => device ?? t('sessions.unknown')
  return (
    <section className={css.section} aria-labelledby="settings-sessions">
      <div className="row wrap">
        <div className="grow">
          <h2 id="settings-sessions">{t('sessions.title')}</h2>
          <p className="quiet">{t('sessions.lead')}</p>
        </div>
        <Button
          variant="default"
          disabled={(data?.sessions.length ?? 0) < 2}
          loading={endOthers.isPending}
          onClick={() =>
            endOthers.mutate(api('DELETE /v1/sessions'), { onSuccess: () => say(t('sessions.othersEnded')) })
          }
        >
          {t('sessions.endOthers')}
        </Button>
      </div>
      <ErrorNote error={end.error ?? endOthers.error} />
      <DataTable
        label={t('sessions.title')}
        rows={data?.sessions}
        rowKey={({ id }) => id}
        error={error}
        onRetry={refetch}
        empty={null}
        columns={[
          {
            key: 'device',
            head: t('sessions.columns.device'),
            cell: (session) =>
              session.isCurrent ? (
                <span className={css.key}>
                  <span className="cut">{nameOf(session)}</span>
                  <span className="note">{t('sessions.current')}</span>
                </span>
              ) : (
                nameOf(session)
              ),
          },
          {
            key: 'address',
            head: t('sessions.columns.address'),
            width: 150,
            isWideOnly: true,
            cell: ({ address }) => <code>{address ?? '–'}</code>,
          },
          {
            key: 'since',
            head: t('sessions.columns.since'),
            width: 140,
            isWideOnly: true,
            cell: ({ since }) => <Instant at={since} />,
          },
          {
            key: 'seen',
            head: t('sessions.columns.seen'),
            width: 140,
            cell: ({ lastSeen }) => <Instant at={lastSeen} />,
          },
          {
            key: 'act',
            head: t('sessions.columns.act'),
            width: 64,
            cell: (session) =>
              !session.isCurrent && (
                <Tooltip label={t('sessions.end', { device: nameOf(session) })}>
                  <ActionIcon
                    size="sm"
                    aria-label={t('sessions.end', { device: nameOf(session) })}
                    onClick={() =>
                      end.mutate(api('DELETE /v1/sessions/{id}', { params: { id: session.id } }), {
                        onSuccess: () => say(t('sessions.ended')),
                      })
                    }
                  >
                    <IconLogout2 size={14} stroke={1.5} />
                  </ActionIcon>
                </Tooltip>
              ),
          },
        ]}
      />
    </section>
  )
}
