import type { DestinationAnswer } from '@affluent/protocol/endpoints/destinations'
import { notifications } from '@mantine/notifications'
import { useRouter } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useSend } from '../../api/use-send.ts'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { ConfirmDialog } from '../../pieces/confirm-dialog.tsx'
import { useConnections } from './use-destinations.ts'

interface DeleteDestinationProps {
  destination: DestinationAnswer
  onClose: () => void
}

/** Deletes a destination to which no connection leads; says how much will not be sent. */
export function DeleteDestination({ destination, onClose }: DeleteDestinationProps) {
  const { t } = useTranslation('destinations')
  const formats = useFormats()
  const places = usePlaces()
  const router = useRouter()
  // the page of what is gone is not read again; the list is, when it is shown
  const removal = useSend([])
  const { id, name, health } = destination
  const used = useConnections(id).data?.connections.length ?? 0
  const remove = () =>
    removal.mutate(api('DELETE /v1/destinations/{id}', { params: { id } }), {
      onSuccess: () => {
        notifications.show({ message: t('removal.done', { name }) })
        router.history.push(places.destinations())
      },
    })
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('removal.title', { name })}
      confirm={t('removal.confirm')}
      onConfirm={remove}
      word={name}
      isDanger
      isBusy={removal.isPending}
      error={removal.error}
    >
      {used > 0 ? (
        <p>{t('removal.used', { count: used, shown: formats.number(used) })}</p>
      ) : (
        <p>{t('removal.lead', { count: health.queued, shown: formats.number(health.queued) })}</p>
      )}
    </ConfirmDialog>
  )
}
