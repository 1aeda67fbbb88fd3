import type { SourceAnswer } from '@affluent/protocol/source-api'
import { Button, Modal, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSend } from '../../api/use-send.ts'
import { slugOf } from '../../app/slug-of.ts'
import { ErrorNote } from '../../pieces/error-note.tsx'

const SLUG = /^[a-z0-9][a-z0-9_-]{0,62}$/

interface AddSourceProps {
  opened: boolean
  onClose: () => void
  onMade: (slug: string) => void
}

/** Makes a source, which comes with a write key of its own. */
export function AddSource({ opened, onClose, onMade }: AddSourceProps) {
  const { t } = useTranslation(['sources', 'pieces'])
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('create.title')}
      closeButtonProps={{ 'aria-label': t('pieces:close') }}
    >
      <Ask onClose={onClose} onMade={onMade} />
    </Modal>
  )
}

function Ask({ onClose, onMade }: Omit<AddSourceProps, 'opened'>) {
  const { t } = useTranslation(['sources', 'pieces'])
  const [ownSlug, setOwnSlug] = useState(false)
  const create = useSend<{ source: SourceAnswer }>(['/v1/sources'])
  const form = useForm({
    initialValues: { name: '', slug: '' },
    validate: {
      name: (name) => (name.trim() === '' ? t('create.nameMissing') : null),
      slug: (slug) => (SLUG.test(slug) ? null : t('create.slugWrong')),
    },
  })
  const rename = (name: string) => {
    form.setFieldValue('name', name)
    if (!ownSlug) form.setFieldValue('slug', slugOf(name))
  }
  const submit = (body: { name: string; slug: string }) =>
    create.mutate(
      { method: 'POST', path: '/v1/sources', body },
      { onSuccess: ({ source }) => onMade(source.slug) },
    )
  return (
    <form className="stack" onSubmit={form.onSubmit(submit)}>
      <TextInput
        label={t('create.name')}
        description={t('create.nameHint')}
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
      <ErrorNote error={create.error} />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>
          {t('pieces:cancel')}
        </Button>
        <Button type="submit" loading={create.isPending}>
          {t('create.submit')}
        </Button>
      </div>
    </form>
  )
}
