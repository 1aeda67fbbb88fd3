import { Button, Radio } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiError } from '../api/api-error.ts'
import { useChangeWorkspaces, type Workspace } from '../api/workspaces.ts'
import { Dialog } from '../pieces/dialog.tsx'
import { FormFoot } from '../pieces/form-foot.tsx'
import { NameAndSlug } from '../pieces/name-and-slug.tsx'
import { SecretOnce } from '../pieces/secret-once.tsx'
import { usePlacesIn } from './places.ts'

interface Made {
  readonly workspace: Workspace
  readonly apiKey: string
}

const SLUG = /^[a-z][a-z0-9-]{1,39}$/

/** Makes a workspace: name, address and kind; then shows its API key once. */
export function CreateWorkspace({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation('shell')
  const [made, setMade] = useState<Made | undefined>()
  const close = () => {
    setMade(undefined)
    onClose()
  }
  return (
    <Dialog
      opened={opened}
      onClose={close}
      title={made === undefined ? t('create.title') : t('create.done', { name: made.workspace.name })}
      isKept={made !== undefined}
    >
      {made === undefined ? <Ask onMade={setMade} onClose={close} /> : <Show made={made} onClose={close} />}
    </Dialog>
  )
}

function Ask({ onMade, onClose }: { onMade: (made: Made) => void; onClose: () => void }) {
  const { t } = useTranslation('shell')
  const { create } = useChangeWorkspaces()
  const form = useForm({
    initialValues: { name: '', slug: '', kind: 'live' as Workspace['kind'] },
    validate: {
      name: (name) => (name.trim() === '' ? t('create.nameMissing') : null),
      slug: (slug) => (SLUG.test(slug) ? null : t('create.slugWrong')),
    },
  })
  const creation = useMutation<Made, ApiError, { name: string; slug: string; kind: Workspace['kind'] }>({
    mutationFn: create,
    onSuccess: onMade,
  })
  return (
    <form className="stack" onSubmit={form.onSubmit((values) => creation.mutate(values))}>
      <p className="quiet">{t('create.lead')}</p>
      <NameAndSlug
        name={{ label: t('create.name'), ...form.getInputProps('name') }}
        slug={{
          label: t('create.slug'),
          description: t('create.slugHint'),
          ...form.getInputProps('slug'),
        }}
      />
      <Radio.Group label={t('create.kind')} {...form.getInputProps('kind')}>
        <div className="stack" style={{ gap: 8, marginTop: 4 }}>
          <Radio value="live" label={t('create.live')} description={t('create.liveHint')} />
          <Radio value="sandbox" label={t('create.sandbox')} description={t('create.sandboxHint')} />
        </div>
      </Radio.Group>
      <FormFoot
        error={creation.error}
        onCancel={onClose}
        submit={t('create.submit')}
        isBusy={creation.isPending}
      />
    </form>
  )
}

function Show({ made, onClose }: { made: Made; onClose: () => void }) {
  const { t } = useTranslation('shell')
  const placesIn = usePlacesIn()
  const router = useRouter()
  const open = () => {
    onClose()
    router.history.push(placesIn(made.workspace.slug).home())
  }
  return (
    <div className="stack">
      <SecretOnce label={t('create.key')} secret={made.apiKey} hint={t('create.keyOnce')} />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button onClick={open}>{t('create.open')}</Button>
      </div>
    </div>
  )
}
