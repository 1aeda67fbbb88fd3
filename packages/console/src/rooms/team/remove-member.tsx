import type { MemberAnswer } from '@affluent/protocol/endpoints/members'
import { notifications } from '@mantine/notifications'
import { useRouter } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useSend } from '../../api/use-send.ts'
import { ConfirmDialog } from '../../pieces/confirm-dialog.tsx'
import { Dialog } from '../../pieces/dialog.tsx'
import { nameOf } from './name-of.ts'
import { isLastOwner } from './standing.ts'

interface RemoveMemberProps {
  member: MemberAnswer
  members: readonly MemberAnswer[]
  onClose: () => void
}

/** Removes a member from the workspace; or the one who asks leaves it. */
export function RemoveMember({ member, members, onClose }: RemoveMemberProps) {
  const { t } = useTranslation('team')
  const router = useRouter()
  const { id, isYou } = member
  const name = nameOf(member)
  const remove = useSend(isYou ? ['/v1/workspaces'] : ['/v1/members'])
  const onSuccess = () => {
    onClose()
    notifications.show({ message: t('removal.done', { name }) })
    if (isYou) router.history.push('/')
  }
  const title = isYou ? t('removal.leaveTitle') : t('removal.title', { name })
  if (isLastOwner(member, members))
    return (
      <Dialog opened onClose={onClose} title={title}>
        <p>{t('form.lastOwner')}</p>
      </Dialog>
    )
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={title}
      confirm={t(isYou ? 'removal.leaveConfirm' : 'removal.confirm')}
      onConfirm={() => remove.mutate(api('DELETE /v1/members/{id}', { params: { id } }), { onSuccess })}
      isBusy={remove.isPending}
      error={remove.error}
      isDanger
    >
      <p>{isYou ? t('removal.leaveLead') : t('removal.lead', { name })}</p>
    </ConfirmDialog>
  )
}
