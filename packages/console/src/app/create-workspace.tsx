import { Button, Modal, Radio, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiError } from '../api/api-error.ts'
import { useChangeWorkspaces, type Workspace } from '../api/workspaces.ts'
import { ErrorNote } from '../pieces/error-note.tsx'
import { SecretOnce } from '../pieces/secret-once.tsx'
import { placesIn } from './places.ts'
import { slugOf } from './slug-of.ts'

interface Made {
  readonly workspace: Workspace
  readonly apiKey: string
}

const SLUG = /^[a-z][a-z0-9-]{1,39}$/

/** Makes a workspace: name, address and kind; then shows its API key once. */
export function CreateWorkspace({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation(['shell', 'pieces'])
  const [made, setMade] = useState<Made | undefined>()
  const close = () => {
    setMade(undefined)
    onClose()
  }
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={made === undefined ? t('create.title') : t('create.done', { name: made.workspace.name })}
      // A key that is shown once must not go by a slip of the hand.
      closeOnClickOutside={made === undefined}
      closeButtonProps={{ 'aria-label': t('pieces:close') }}
    >
      {made === undefined ? <Ask onMade={setMade} onClose={close} /> : <Show made={made} onClose={close} />}
    </Modal>
  )
}

function Ask({ onMade, onClose }: { onMade: (made: Made) => void; onClose: () => void }) {
  const { t } = useTranslation(['shell', 'pieces'])
  const { create } = useChangeWorkspaces()
  const [ownSlug, setOwnSlug] = useState(false)
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
  const rename = (name: string) => {
    form.setFieldValue('name', name)
    if (!ownSlug) form.setFieldValue('slug', slugOf(name))
  }
  return (
    <form className="stack" onSubmit={form.onSubmit((values) => creation.mutate(values))}>
      <p className="quiet">{t('create.lead')}</p>
      <TextInput
        label={t('create.name')}
        {...form.getInputProps('name')}
        onChange={(event) => rename(event.currentTarget.value)}
        data-autofocus
      />
      <TextInput
        label={t('create.slug')}
        description={t('create.slugHint')}
        {...form.getInputProps('slug')}
        onChange={(event) => {
          setOwnSlug(true)
          form.setFieldValue('slug', event.currentTarget.value)
        }}
      />
      <Radio.Group label={t('create.kind')} {...form.getInputProps('kind')}>
        <div className="stack" style={{ gap: 8, marginTop: 4 }}>
          <Radio value="live" label={t('create.live')} description={t('create.liveHint')} />
          <Radio value="sandbox" label={t('create.sandbox')} description={t('create.sandboxHint')} />
        </div>
      </Radio.Group>
      <ErrorNote error={creation.error} />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>
          {t('pieces:cancel')}
        </Button>
        <Button type="submit" loading={creation.isPending}>
          {t('create.submit')}
        </Button>
      </div>
    </form>
  )
}

function Show({ made, onClose }: { made: Made; onClose: () => void }) {
  const { t } = useTranslation('shell')
  const router = useRouter()
  const open = () => {
    onClose()
    router.history.push(placesIn(made.workspace.slug).home)
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
