import { useTranslation } from 'react-i18next'
import { findJsonFault } from '../live/find-json-fault.ts'

/** Why a text is no condition, and where, in the member's language; undefined when it may be one. */
export function useJsonFault(): (text: string) => string | undefined {
  const { t } = useTranslation('live')
  const { t: tell } = useTranslation('audiences')
  return (text) => {
    const fault = findJsonFault(text)
    if (fault !== undefined) {
      const { line, column, kind } = fault
      return t('json.fault', { line, column, what: t(`json.faults.${kind}`) })
    }
    return text.trim().startsWith('{') ? undefined : tell('builder.jsonNoObject')
  }
}
