import { Select } from '@mantine/core'
import { IconUsersGroup } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api/request.ts'
import { useGet } from '../../../api/use-get.ts'
import css from '../../../conditions/fields.module.css'
import type { LeafFieldsProps, LeafForm } from './leaf-form.ts'
import { asText, known } from './read-leaf.ts'

export interface AudienceNode {
  readonly id: number
  readonly kind: 'audience'
  readonly audience: string
}

/** Member of another audience. */
export const audienceForm: LeafForm<'audience', AudienceNode> = {
  kind: 'audience',
  icon: IconUsersGroup,
  name: { fr: 'Autre audience', en: 'Other audience' },
  hint: { fr: 'membre d’une audience', en: 'member of an audience' },
  owns: ({ kind }) => kind === 'audience',
  empty: (id) => ({ id, kind: 'audience', audience: '' }),
  recognizes: (object) => 'audience' in object,
  read: (object, id) => ({
    id,
    kind: 'audience',
    audience: asText(known(object, ['audience'])['audience']),
  }),
  write: ({ audience }) => (audience === '' ? undefined : { audience }),
  Fields: AudienceFields,
}

function AudienceFields({ leaf, onChange, edit: { ownKey } }: LeafFieldsProps<AudienceNode>) {
  const { t } = useTranslation('audiences')
  const { data } = useGet(api('GET /v1/audiences'), { freshMs: 30_000 })
  const others = data?.audiences.filter(({ key }) => key !== ownKey) ?? []
  const isKnown = leaf.audience === '' || others.some(({ key }) => key === leaf.audience)
  const choices = others.map(({ key, name }) => ({
    value: key,
    label: name === key ? key : `${name} (${key})`,
  }))
  return (
    <div className={css.fields}>
      <Select
        aria-label={t('fields.audience')}
        placeholder={t('fields.audience')}
        className={css.values ?? ''}
        // one that is gone stays to be seen, and the server says so
        data={isKnown ? choices : [...choices, { value: leaf.audience, label: leaf.audience }]}
        value={leaf.audience === '' ? null : leaf.audience}
        onChange={(audience) => onChange({ ...leaf, audience: audience ?? '' }, 'audience')}
        searchable
        comboboxProps={{ position: 'bottom-start' }}
      />
    </div>
  )
}
