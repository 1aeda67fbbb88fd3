import type { KeyAnswer } from '@affluent/protocol/endpoints/keys'
import { notifications } from '@mantine/notifications'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useSend } from '../../api/use-send.ts'
import { useFormats } from '../../app/formats.ts'
import { ConfirmDialog } from '../../pieces/confirm-dialog.tsx'

/** Revokes an API key, after it has been said what that means. */
export function RevokeKey({ apiKey, onClose }: { apiKey: KeyAnswer; onClose: () => void }) {
  const { t } = useTranslation('team')
  const formats = useFormats()
  const revoke = useSend(['/v1/keys'])
  const { id, name, lastUsedAt } = apiKey
  const onSuccess = () => {
    onClose()
    notifications.show({ message: t('keys.revoked') })
  }
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('keys.revokeTitle', { name })}
      confirm={t('keys.revokeConfirm')}
      onConfirm={() => revoke.mutate(api('DELETE /v1/keys/{id}', { params: { id } }), { onSuccess })}
      isBusy={revoke.isPending}
      error={revoke.error}
      isDanger
    >
      <p>{t('keys.revokeLead')}</p>
      {lastUsedAt !== null && (
        <p className="quiet">{t('keys.revokeUsed', { when: formats.relative(lastUsedAt, Date.now()) })}</p>
      )}
    </ConfirmDialog>
  )
}
