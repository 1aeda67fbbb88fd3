import { IconUserCheck, IconUserQuestion } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { StatusBadge } from '../../pieces/status-badge.tsx'

/** Whether anything names a person, or only a browser or device is known. */
export function KindBadge({ kind, plain = false }: { kind: 'visitor' | 'known'; plain?: boolean }) {
  const { t } = useTranslation('live')
  return (
    <StatusBadge
      tone={kind === 'known' ? 'busy' : 'quiet'}
      icon={kind === 'known' ? IconUserCheck : IconUserQuestion}
      plain={plain}
    >
      {t(`profileKinds.${kind}`)}
    </StatusBadge>
  )
}
