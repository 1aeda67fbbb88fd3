import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import { StatusBadge } from '../../pieces/status-badge.tsx'

/** Whether what was saved is applied: preparing with how far it is, live, or failed. */
export function AudienceStatus({ audience, plain = false }: { audience: AudienceAnswer; plain?: boolean }) {
  const { t } = useTranslation('audiences')
  const formats = useFormats()
  const { status, progress } = audience
  if (status === 'preparing')
    return (
      <StatusBadge tone="busy" plain={plain}>
        {t('status.preparing', { percent: formats.percent(progress) })}
      </StatusBadge>
    )
  return (
    <StatusBadge tone={status === 'live' ? 'good' : 'bad'} plain={plain}>
      {t(`status.${status}`)}
    </StatusBadge>
  )
}
