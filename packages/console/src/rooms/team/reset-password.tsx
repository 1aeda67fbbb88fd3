import type { ApiAnswer } from '@affluent/protocol/api-calls'
import type { MemberAnswer } from '@affluent/protocol/endpoints/members'
import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useSend } from '../../api/use-send.ts'
import { passwordResetLink } from '../../app/entry-links.ts'
import { useFormats } from '../../app/formats.ts'
import { ConfirmDialog } from '../../pieces/confirm-dialog.tsx'
import { Dialog } from '../../pieces/dialog.tsx'
import { SecretOnce } from '../../pieces/secret-once.tsx'
import { nameOf } from './name-of.ts'

/** Makes a link to a new password for a member; it goes by mail, or is shown once. */
export function ResetPassword({ member, onClose }: { member: MemberAnswer; onClose: () => void }) {
  const { t } = useTranslation('team')
  const formats = useFormats()
  const reset = useSend<ApiAnswer<'POST /v1/members/{id}/password-reset'>>([])
  const { id, email } = member
  const title = t('reset.title', { name: nameOf(member) })
  const made = reset.data
  if (made === undefined)
    return (
      <ConfirmDialog
        opened
        onClose={onClose}
        title={title}
        confirm={t('reset.confirm')}
        onConfirm={() => reset.mutate(api('POST /v1/members/{id}/password-reset', { params: { id } }))}
        isBusy={reset.isPending}
        error={reset.error}
      >
        <p>{t('reset.lead', { name: nameOf(member) })}</p>
      </ConfirmDialog>
    )
  const until = formats.exact(made.until)
  return (
    <Dialog opened onClose={onClose} title={title} isKept>
      <div className="stack">
        {made.reset === null ? (
          <p>{t('reset.mailed', { email, until })}</p>
        ) : (
          <SecretOnce
            label={t('reset.label')}
            secret={passwordResetLink(made.reset)}
            hint={t('reset.once', { email, until })}
          />
        )}
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button onClick={onClose}>{t(made.reset === null ? 'link.close' : 'link.done')}</Button>
        </div>
      </div>
    </Dialog>
  )
}
