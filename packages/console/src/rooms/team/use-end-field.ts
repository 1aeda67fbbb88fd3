import type { MemberAnswer } from '@affluent/protocol/endpoints/members'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import { dayOf, endOfDay } from './standing.ts'

/**
 * What the field says in which the end of a role is given, and what is wrong with a day. @param by who gives the role
 */
export function useEndField({ until: own }: MemberAnswer) {
  const { t } = useTranslation('team')
  const formats = useFormats()
  return {
    label: t('form.until'),
    description: own === null ? t('form.untilHint') : t('form.untilHintOwn', { day: formats.day(own) }),
    faultOf: (day: string): string | null => {
      if (day === '') return own === null ? null : t('form.untilMissing')
      if (endOfDay(day).getTime() <= Date.now()) return t('form.untilPast')
      return own !== null && day > dayOf(own) ? t('form.untilBeyond') : null
    },
  }
}
