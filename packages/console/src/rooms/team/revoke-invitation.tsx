import type { MemberAnswer } from '@affluent/protocol/endpoints/members'
import { notifications } from '@mantine/notifications'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useSend } from '../../api/use-send.ts'
import { ConfirmDialog } from '../../pieces/confirm-dialog.tsx'

/** Revokes an invitation that nobody has accepted yet. */
export function RevokeInvitation({
  member: { id, email },
  onClose,
}: {
  member: MemberAnswer
  onClose: () => void
}) {
  const { t } = useTranslation('team')
  const revoke = useSend(['/v1/members'])
  const onSuccess = () => {
    onClose()
    notifications.show({ message: t('invitations.revoked') })
  }
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('invitations.revokeTitle')}
      confirm={t('invitations.revokeConfirm')}
      onConfirm={() => revoke.mutate(api('DELETE /v1/members/{id}', { params: { id } }), { onSuccess })}
      isBusy={revoke.isPending}
      error={revoke.error}
      isDanger
    >
      <p>{t('invitations.revokeLead', { email })}</p>
    </ConfirmDialog>
  )
}
