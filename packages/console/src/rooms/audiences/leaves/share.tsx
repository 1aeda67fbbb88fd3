import { TextInput } from '@mantine/core'
import { IconDice3 } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import css from '../../../conditions/fields.module.css'
import { NumberField } from '../../../conditions/number-field.tsx'
import type { NumberDraft } from '../../../conditions/typed-number.ts'
import type { LeafFieldsProps, LeafForm } from './leaf-form.ts'
import { asNumber, asObject, asText, known } from './read-leaf.ts'

export interface ShareNode {
  readonly id: number
  readonly kind: 'share'
  readonly seed: string
  /** in percent */
  readonly from: NumberDraft
  readonly to: NumberDraft
}

/** A stable random share of all people. */
export const shareForm: LeafForm<'share', ShareNode> = {
  kind: 'share',
  icon: IconDice3,
  name: { fr: 'Part au hasard', en: 'Random share' },
  hint: { fr: 'un pourcentage stable', en: 'a stable percentage' },
  owns: ({ kind }) => kind === 'share',
  empty: (id) => ({ id, kind: 'share', seed: '', from: 0, to: 10 }),
  recognizes: (object) => 'bucket' in object,
  read: (object, id) => {
    const { bucket } = known(object, ['bucket'])
    const { seed, from, to } = known(asObject(bucket), ['seed', 'from', 'to'])
    return { id, kind: 'share', seed: asText(seed), from: asNumber(from), to: asNumber(to) }
  },
  write: ({ seed, from, to }) =>
    seed === '' || typeof from !== 'number' || typeof to !== 'number'
      ? undefined
      : { bucket: { seed, from, to } },
  Fields: ShareFields,
}

function ShareFields({ leaf, onChange }: LeafFieldsProps<ShareNode>) {
  const { t } = useTranslation('audiences')
  return (
    <div className={css.fields}>
      <TextInput
        aria-label={t('fields.seed')}
        placeholder={t('fields.seed')}
        title={t('fields.seedHint')}
        className={css.value ?? ''}
        value={leaf.seed}
        onChange={(event) => onChange({ ...leaf, seed: event.currentTarget.value }, 'seed')}
        autoComplete="off"
      />
      <NumberField
        label={t('fields.shareFrom')}
        value={leaf.from}
        onChange={(from) => onChange({ ...leaf, from }, 'from')}
        className={css.number}
        unit="%"
        min={0}
        max={100}
      />
      <span className={css.word} aria-hidden>
        –
      </span>
      <NumberField
        label={t('fields.shareTo')}
        value={leaf.to}
        onChange={(to) => onChange({ ...leaf, to }, 'to')}
        className={css.number}
        unit="%"
        min={0}
        max={100}
      />
      <span className={css.word}>{t('fields.seedHint')}</span>
    </div>
  )
}
