import type { ConnectionAnswer } from '@affluent/protocol/endpoints/connections'
import type { DestinationAnswer } from '@affluent/protocol/endpoints/destinations'
import { ActionIcon, Button, Menu } from '@mantine/core'
import {
  IconDots,
  IconList,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlus,
  IconRoute,
  IconTrash,
} from '@tabler/icons-react'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useMay } from '../../api/use-may.ts'
import { useSend } from '../../api/use-send.ts'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { Sentence } from '../../conditions/sentence.tsx'
import { Anchor } from '../../pieces/anchor.tsx'
import { ConfirmDialog } from '../../pieces/confirm-dialog.tsx'
import { type Column, DataTable } from '../../pieces/data-table.tsx'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { ErrorNote } from '../../pieces/error-note.tsx'
import { StatusBadge } from '../../pieces/status-badge.tsx'
import css from './destinations.module.css'
import { type ConnectionWords, useConnectionWords } from './use-connection-words.ts'
import { useConnections } from './use-destinations.ts'

const CHANGES = ['/v1/connections', '/v1/destinations']

/** What is sent to a destination: its connections, to pause, edit and delete. */
export function ConnectionsTable({ destination }: { destination: DestinationAnswer }) {
  const { t } = useTranslation('destinations')
  const places = usePlaces()
  const words = useConnectionWords()
  const { data, error, refetch } = useConnections(destination.id)
  const [removed, setRemoved] = useState<ConnectionAnswer | undefined>()
  const change = useSend(CHANGES)
  const columns = useColumns(words, setRemoved, ({ id, enabled }) =>
    change.mutate(api('PUT /v1/connections/{id}', { params: { id }, body: { enabled: !enabled } })),
  )
  const rows = data?.connections
  const mayEdit = useMay('connections:edit')
  const add = mayEdit && (
    <Button
      component={Anchor}
      href={places.destination(destination.id, { connection: 'new' })}
      variant="default"
      size="xs"
      leftSection={<IconPlus size={14} stroke={1.75} aria-hidden />}
    >
      {t('connections.add')}
    </Button>
  )
  return (
    <section aria-label={t('connections.title')}>
      <div className={css.head}>
        <h2 className="grow">{t('connections.title')}</h2>
        {rows !== undefined && rows.length > 0 && add}
      </div>
      <ErrorNote error={change.error} />
      <div className={rows?.length === 0 ? 'card' : ''}>
        <DataTable
          label={t('connections.title')}
          columns={mayEdit ? columns : columns.filter(({ key }) => key !== 'actions')}
          rows={rows}
          rowKey={({ id }) => id}
          href={({ id }) => (mayEdit ? places.destination(destination.id, { connection: id }) : undefined)}
          error={error}
          onRetry={refetch}
          empty={
            <EmptyState
              icon={IconRoute}
              title={t('connections.none')}
              lead={t('connections.noneLead')}
              action={add}
            />
          }
        />
      </div>
      {removed !== undefined && (
        <RemoveConnection
          connection={removed}
          from={words.from(removed)}
          destination={destination.name}
          onClose={() => setRemoved(undefined)}
        />
      )}
    </section>
  )
}

function useColumns(
  words: ConnectionWords,
  onRemove: (connection: ConnectionAnswer) => void,
  onSwitch: (connection: ConnectionAnswer) => void,
): ReadonlyArray<Column<ConnectionAnswer>> {
  const { t } = useTranslation('destinations')
  const formats = useFormats()
  return [
    {
      key: 'from',
      head: t('connections.from'),
      width: 260,
      cell: (connection) => <bdi>{words.from(connection)}</bdi>,
    },
    {
      key: 'filter',
      head: t('connections.filter'),
      isWideOnly: true,
      cell: ({ filter }) => {
        const said = words.filter(filter)
        return (
          <span title={said}>
            <Sentence text={said} />
          </span>
        )
      },
    },
    {
      key: 'mapping',
      head: t('connections.mapping'),
      width: 150,
      isWideOnly: true,
      cell: ({ mapping }) => {
        if (mapping === null) return t('connections.whole')
        const count = Object.keys(mapping.fields).length
        return t('connections.fields', { count, shown: formats.number(count) })
      },
    },
    {
      key: 'state',
      head: t('connections.state'),
      width: 240,
      cell: ({ enabled, members, error }) => (
        <span className="row">
          {error === null ? (
            <StatusBadge plain tone={enabled ? 'good' : 'held'}>
              {t(enabled ? 'connections.on' : 'connections.off')}
            </StatusBadge>
          ) : (
            <StatusBadge plain tone="bad">
              {t('connections.notUnderstood')}
            </StatusBadge>
          )}
          {members !== null && !members.isDone && members.of !== null && (
            <span className="note">
              {t('connections.members', {
                sent: formats.number(members.sent),
                of: formats.number(members.of),
              })}
            </span>
          )}
        </span>
      ),
    },
    {
      key: 'actions',
      head: t('connections.actions'),
      width: 80,
      cell: (connection) => (
        <Actions
          connection={connection}
          from={words.from(connection)}
          onRemove={() => onRemove(connection)}
          onSwitch={() => onSwitch(connection)}
        />
      ),
    },
  ]
}

interface ActionsProps {
  connection: ConnectionAnswer
  from: string
  onRemove: () => void
  onSwitch: () => void
}

function Actions({ connection: { id, destination, enabled }, from, onRemove, onSwitch }: ActionsProps) {
  const { t } = useTranslation('destinations')
  const places = usePlaces()
  const router = useRouter()
  const Switch = enabled ? IconPlayerPause : IconPlayerPlay
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon aria-label={t('connections.actionsOf', { from })}>
          <IconDots size={16} stroke={1.5} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconPencil size={16} stroke={1.5} aria-hidden />}
          onClick={() => router.history.push(places.destination(destination, { connection: id }))}
        >
          {t('connections.edit')}
        </Menu.Item>
        <Menu.Item leftSection={<Switch size={16} stroke={1.5} aria-hidden />} onClick={onSwitch}>
          {t(enabled ? 'connections.pause' : 'connections.resume')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconList size={16} stroke={1.5} aria-hidden />}
          onClick={() => router.history.push(places.destination(destination, { via: id }))}
        >
          {t('connections.log')}
        </Menu.Item>
        <Menu.Item
          color="red"
          leftSection={<IconTrash size={16} stroke={1.5} aria-hidden />}
          onClick={onRemove}
        >
          {t('connections.remove')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

interface RemoveConnectionProps {
  connection: ConnectionAnswer
  from: string
  destination: string
  onClose: () => void
}

function RemoveConnection({ connection, from, destination, onClose }: RemoveConnectionProps) {
  const { t } = useTranslation('destinations')
  const removal = useSend(CHANGES)
  const remove = () =>
    removal.mutate(api('DELETE /v1/connections/{id}', { params: { id: connection.id } }), {
      onSuccess: onClose,
    })
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('connectionRemoval.title')}
      confirm={t('connectionRemoval.confirm')}
      onConfirm={remove}
      isDanger
      isBusy={removal.isPending}
      error={removal.error}
    >
      <p>{t('connectionRemoval.lead', { from, destination })}</p>
    </ConfirmDialog>
  )
}
