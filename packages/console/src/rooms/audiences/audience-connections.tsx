import { Button } from '@mantine/core'
import { IconSend2 } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { useMay } from '../../api/use-may.ts'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { ErrorState } from '../../pieces/error-state.tsx'
import { StatusBadge } from '../../pieces/status-badge.tsx'
import css from './audience-room.module.css'

/** Where the members of an audience are sent. */
export function AudienceConnections({ audience }: { audience: string }) {
  const { t } = useTranslation('audiences')
  const formats = useFormats()
  const places = usePlaces()
  const connections = useGet(api('GET /v1/connections', { query: { audience } }))
  const destinations = useGet(api('GET /v1/destinations'), { freshMs: 10_000 })
  const names = new Map(destinations.data?.destinations.map(({ id, name }) => [id, name]))
  const rows = connections.data?.connections
  const mayConnect = useMay('connections:edit')
  const connect = mayConnect && (
    <Button
      component={Anchor}
      href={places.destinations({ audience })}
      variant="default"
      size="xs"
      leftSection={<IconSend2 size={14} stroke={1.5} aria-hidden />}
    >
      {t('page.connect')}
    </Button>
  )
  return (
    <section className="card" style={{ padding: 16 }} aria-label={t('page.connections')}>
      <div className="row wrap">
        <h2 className="grow">{t('page.connections')}</h2>
        {rows !== undefined && rows.length > 0 && connect}
      </div>
      {connections.error !== null && rows === undefined && (
        <ErrorState error={connections.error} onRetry={connections.refetch} />
      )}
      {rows?.length === 0 && (
        <EmptyState title={t('page.connectionsNone')} lead={t('page.connectionsNoneLead')} action={connect} />
      )}
      {rows !== undefined && rows.length > 0 && (
        <ul className={css.connections}>
          {rows.map(({ id, destination, enabled, members }) => (
            <li key={id}>
              <Anchor href={places.destination(destination)} className="grow">
                <bdi>{names.get(destination) ?? destination}</bdi>
              </Anchor>
              {members !== null && members.of !== null && !members.isDone && (
                <span className="note">
                  {t('page.membersSent', {
                    sent: formats.number(members.sent),
                    of: formats.number(members.of),
                  })}
                </span>
              )}
              <StatusBadge tone={enabled ? 'good' : 'held'} plain>
                {t(enabled ? 'page.connectionOn' : 'page.connectionOff')}
              </StatusBadge>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
