import type { ValueKind } from '@affluent/protocol/endpoints/catalogue'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../app/formats.ts'
import { SCALAR_KINDS } from './chips.ts'
import css from './fields.module.css'

/** Says that the values of one name are of several kinds, since a comparison finds only those of its own kind. */
export function MixedKinds({ kinds }: { kinds: readonly ValueKind[] }) {
  const { t } = useTranslation('audiences')
  const formats = useFormats()
  const mixed = SCALAR_KINDS.filter((kind) => kinds.includes(kind))
  if (mixed.length < 2) return null
  return (
    <p className={css.mixed}>
      <IconAlertTriangle size={14} stroke={1.5} aria-hidden />
      <span>
        {t('fields.mixedKinds', { kinds: formats.list(mixed.map((kind) => t(`fields.kindNames.${kind}`))) })}
      </span>
    </p>
  )
}
