import { PASSWORD_CHARS_MIN } from '@affluent/protocol/limits'
import { Button, PasswordInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useSession } from '../../api/session.ts'
import { useSend } from '../../api/use-send.ts'
import { ErrorNote } from '../../pieces/error-note.tsx'
import css from './settings-room.module.css'

/** The member's password: changed with the present one. */
export function PasswordSettings() {
  const { t } = useTranslation('settings')
  const { member, passwordIsFixed } = useSession()
  const change = useSend(['/v1/sessions'])
  const form = useForm({
    initialValues: { password: '', newPassword: '' },
    validate: {
      password: (password) => (password === '' ? t('password.presentMissing') : null),
      newPassword: (wanted) => (wanted.length < PASSWORD_CHARS_MIN ? t('password.tooShort') : null),
    },
  })
  const submit = (body: typeof form.values) =>
    change.mutate(api('PUT /v1/session/password', { body }), {
      onSuccess: () => {
        form.reset()
        notifications.show({ message: t('password.changed') })
      },
      onError: ({ code }) => {
        if (code === 'wrong_password') form.setFieldError('password', t('password.wrong'))
        if (code === 'common_password') form.setFieldError('newPassword', t('password.common'))
      },
    })
  const isSaid = ['wrong_password', 'common_password'].includes(change.error?.code ?? '')
  return (
    <section className={css.section} aria-labelledby="settings-password">
      <h2 id="settings-password">{t('password.title')}</h2>
      {passwordIsFixed && <p className="note">{t('password.fixed')}</p>}
      <form className={css.form} noValidate onSubmit={form.onSubmit(submit)}>
        <input type="hidden" name="username" autoComplete="username" value={member.email} />
        <PasswordInput
          label={t('password.present')}
          autoComplete="current-password"
          {...form.getInputProps('password')}
        />
        <PasswordInput
          label={t('password.wanted')}
          description={t('password.wantedHint')}
          autoComplete="new-password"
          {...form.getInputProps('newPassword')}
        />
        {!isSaid && <ErrorNote error={change.error} />}
        <div>
          <Button type="submit" variant="default" loading={change.isPending}>
            {t('password.submit')}
          </Button>
        </div>
      </form>
    </section>
  )
}
