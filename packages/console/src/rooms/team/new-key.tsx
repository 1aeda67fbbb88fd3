import type { ApiAnswer } from '@affluent/protocol/api-calls'
import { SCOPES, type Scope } from '@affluent/protocol/scope'
import { Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useSend } from '../../api/use-send.ts'
import { Dialog } from '../../pieces/dialog.tsx'
import { FormFoot } from '../../pieces/form-foot.tsx'
import { KeyOnce } from './key-once.tsx'

type Made = ApiAnswer<'POST /v1/keys'>

const DAYS = { none: undefined, days30: 30, days90: 90, year: 365 } as const
const DAY_MS = 86_400_000

/** Makes an API key: name, rights, end; then shows it once. */
export function NewKey({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation('team')
  const [made, setMade] = useState<Made | undefined>()
  const close = () => {
    setMade(undefined)
    onClose()
  }
  return (
    <Dialog
      opened={opened}
      onClose={close}
      title={made === undefined ? t('keys.newTitle') : t('keys.madeTitle', { name: made.key.name })}
      isKept={made !== undefined}
    >
      {made === undefined ? (
        <Ask onMade={setMade} onClose={close} />
      ) : (
        <KeyOnce secret={made.secret} onClose={close} />
      )}
    </Dialog>
  )
}

function Ask({ onMade, onClose }: { onMade: (made: Made) => void; onClose: () => void }) {
  const { t } = useTranslation('team')
  const create = useSend<Made>(['/v1/keys'])
  const form = useForm({
    initialValues: { name: '', scopes: ['read'] as Scope[], end: 'none' as keyof typeof DAYS },
    validate: {
      name: (name) => (name.trim() === '' ? t('keys.nameMissing') : null),
      scopes: (scopes) => (scopes.length === 0 ? t('keys.scopesMissing') : null),
    },
  })
  const submit = ({ name, scopes, end }: typeof form.values) => {
    const days = DAYS[end]
    const expiresAt = days === undefined ? null : new Date(Date.now() + days * DAY_MS).toISOString()
    const body = { name: name.trim(), scopes, expiresAt }
    create.mutate(api('POST /v1/keys', { body }), { onSuccess: onMade })
  }
  return (
    <form className="stack" onSubmit={form.onSubmit(submit)}>
      <TextInput
        label={t('keys.name')}
        description={t('keys.nameHint')}
        {...form.getInputProps('name')}
        data-autofocus
      />
      <Checkbox.Group label={t('keys.scopes')} {...form.getInputProps('scopes')}>
        <div className="stack" style={{ gap: 8, marginTop: 4 }}>
          {SCOPES.map((scope) => (
            <Checkbox
              key={scope}
              value={scope}
              label={t(`keys.scope.${scope}`)}
              description={t(`keys.scopeHint.${scope}`)}
            />
          ))}
        </div>
      </Checkbox.Group>
      <NativeSelect
        label={t('keys.end')}
        description={t('keys.endHint')}
        data={(Object.keys(DAYS) as (keyof typeof DAYS)[]).map((value) => ({
          value,
          label: t(`keys.ends.${value}`),
        }))}
        {...form.getInputProps('end')}
      />
      <FormFoot error={create.error} onCancel={onClose} submit={t('keys.create')} isBusy={create.isPending} />
    </form>
  )
}
