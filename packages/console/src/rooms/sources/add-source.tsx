import type { ApiAnswer } from '@affluent/protocol/api-calls'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useSend } from '../../api/use-send.ts'
import { Dialog } from '../../pieces/dialog.tsx'
import { FormFoot } from '../../pieces/form-foot.tsx'
import { NameAndSlug } from '../../pieces/name-and-slug.tsx'

const SLUG = /^[a-z0-9][a-z0-9_-]{0,62}$/

interface AddSourceProps {
  opened: boolean
  onClose: () => void
  onMade: (slug: string) => void
}

/** Makes a source, which comes with a write key of its own. */
export function AddSource({ opened, onClose, onMade }: AddSourceProps) {
  const { t } = useTranslation('sources')
  return (
    <Dialog opened={opened} onClose={onClose} title={t('create.title')}>
      <Ask onClose={onClose} onMade={onMade} />
    </Dialog>
  )
}

function Ask({ onClose, onMade }: Omit<AddSourceProps, 'opened'>) {
  const { t } = useTranslation('sources')
  const create = useSend<ApiAnswer<'POST /v1/sources'>>(['/v1/sources'])
  const form = useForm({
    initialValues: { name: '', slug: '' },
    validate: {
      name: (name) => (name.trim() === '' ? t('create.nameMissing') : null),
      slug: (slug) => (SLUG.test(slug) ? null : t('create.slugWrong')),
    },
  })
  const submit = (body: { name: string; slug: string }) =>
    create.mutate(api('POST /v1/sources', { body }), { onSuccess: ({ source }) => onMade(source.slug) })
  return (
    <form className="stack" onSubmit={form.onSubmit(submit)}>
      <NameAndSlug
        name={{
          label: t('create.name'),
          description: t('create.nameHint'),
          ...form.getInputProps('name'),
        }}
        slug={{
          label: t('create.slug'),
          description: t('create.slugHint'),
          ...form.getInputProps('slug'),
        }}
      />
      <FormFoot
        error={create.error}
        onCancel={onClose}
        submit={t('create.submit')}
        isBusy={create.isPending}
      />
    </form>
  )
}
