import { Select } from '@mantine/core'
import { IconId } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import css from '../../../conditions/fields.module.css'
import { NameField } from '../../../conditions/name-field.tsx'
import { useCatalogue } from '../../../conditions/use-catalogue.ts'
import type { LeafFieldsProps, LeafForm } from './leaf-form.ts'
import { asText, known, NotForBuilder } from './read-leaf.ts'

export interface IdentifierNode {
  readonly id: number
  readonly kind: 'identifier'
  readonly namespace: string
  readonly op: 'exists' | 'not_exists'
}

/** Whether a person has an identifier of a namespace. */
export const identifierForm: LeafForm<'identifier', IdentifierNode> = {
  kind: 'identifier',
  icon: IconId,
  name: { fr: 'Identifiant', en: 'Identifier' },
  hint: { fr: 'en a un ou non', en: 'has one or not' },
  owns: ({ kind }) => kind === 'identifier',
  empty: (id) => ({ id, kind: 'identifier', namespace: '', op: 'exists' }),
  recognizes: (object) => 'identifier' in object,
  read: (object, id) => {
    const { identifier, op } = known(object, ['identifier', 'op'])
    if (op !== 'exists' && op !== 'not_exists') throw new NotForBuilder()
    return { id, kind: 'identifier', namespace: asText(identifier), op }
  },
  write: ({ namespace, op }) => (namespace === '' ? undefined : { identifier: namespace, op }),
  takeNearest: (node, _, nearest) => ({ ...node, namespace: String(nearest) }),
  Fields: IdentifierFields,
}

function IdentifierFields({ leaf, onChange }: LeafFieldsProps<IdentifierNode>) {
  const { t } = useTranslation('audiences')
  const catalogue = useCatalogue()
  const seen =
    catalogue?.identifiers.map(({ namespace, profiles }) => ({ value: namespace, count: profiles })) ?? []
  return (
    <div className={css.fields}>
      <NameField
        label={t('fields.namespace')}
        value={leaf.namespace}
        onChange={(namespace) => onChange({ ...leaf, namespace }, 'namespace')}
        suggestions={seen}
        className={css.name}
      />
      <Select
        aria-label={t('fields.identifierOp')}
        className={css.op ?? ''}
        data={[
          { value: 'exists', label: t('fields.has') },
          { value: 'not_exists', label: t('fields.hasNot') },
        ]}
        value={leaf.op}
        onChange={(op) => onChange({ ...leaf, op: op === 'not_exists' ? 'not_exists' : 'exists' }, 'op')}
        allowDeselect={false}
      />
    </div>
  )
}
