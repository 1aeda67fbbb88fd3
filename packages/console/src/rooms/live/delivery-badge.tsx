import type { DeliveryStatus } from '@affluent/protocol/delivery-api'
import { type Icon, IconBan, IconClock, IconRefresh } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { StatusBadge, type Tone } from '../../pieces/status-badge.tsx'

const LOOKS: Readonly<Record<DeliveryStatus, { readonly tone: Tone; readonly icon?: Icon }>> = {
  queued: { tone: 'busy', icon: IconClock },
  pending_retry: { tone: 'warn', icon: IconRefresh },
  delivered: { tone: 'good' },
  failed: { tone: 'bad' },
  held: { tone: 'held' },
  cancelled: { tone: 'quiet', icon: IconBan },
}

/** How a delivery stands: icon and word. */
export function DeliveryBadge({ status, plain = false }: { status: DeliveryStatus; plain?: boolean }) {
  const { t } = useTranslation('live')
  const { tone, icon } = LOOKS[status]
  return (
    <StatusBadge tone={tone} plain={plain} {...(icon === undefined ? {} : { icon })}>
      {t(`deliveries.${status}`)}
    </StatusBadge>
  )
}
