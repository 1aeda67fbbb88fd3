import { quoted } from '@affluent/core/sentence/quoted'
import type { ConditionWarning } from '@affluent/protocol/endpoints/audiences'
import { Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import { Sentence } from '../../conditions/sentence.tsx'
import css from './builder.module.css'

interface ConditionWarningsProps {
  warnings: readonly ConditionWarning[]
  /** Takes the name that was most likely meant; undefined: it is only said. */
  onTake?: ((warning: ConditionWarning) => void) | undefined
}

/** What a condition names that has never been seen, each with the nearest known name. */
export function ConditionWarnings({ warnings, onTake }: ConditionWarningsProps) {
  const { t } = useTranslation('audiences')
  const say = useConditionWarning()
  if (warnings.length === 0) return null
  return (
    <ul className={css.warnings}>
      {warnings.map((warning) => (
        <li key={warning.path} role="status">
          <IconAlertTriangle size={16} stroke={1.5} aria-hidden />
          <Sentence text={say(warning)} />
          {warning.nearest !== null && onTake !== undefined && (
            <Button variant="light" size="compact-xs" onClick={() => onTake(warning)}>
              {t('warnings.take', { name: String(warning.nearest) })}
            </Button>
          )}
        </li>
      ))}
    </ul>
  )
}

/** A warning in the member's language. */
export function useConditionWarning(): (warning: ConditionWarning) => string {
  const { t } = useTranslation('audiences')
  const { language } = useFormats()
  return ({ code, name, nearest }) => {
    const said = t(`warnings.${code}`, { name: quoted(String(name), language) })
    if (nearest === null) return said
    if (String(nearest) === String(name))
      return `${said} ${t(typeof nearest === 'string' ? 'warnings.asText' : 'warnings.asOther', { name: quoted(String(nearest), language) })}`
    return `${said} ${t('warnings.nearest', { name: quoted(String(nearest), language) })}`
  }
}
