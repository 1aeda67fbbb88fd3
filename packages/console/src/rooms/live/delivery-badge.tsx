import type { DeliveryStatus } from '@affluent/protocol/delivery'
import { useTranslation } from 'react-i18next'
import { StatusBadge } from '../../pieces/status-badge.tsx'
import { STATUS_TONES } from '../destinations/delivery-states.ts'

/** How a delivery stands, in the words of the destination's log. */
export function DeliveryBadge({ status, plain = false }: { status: DeliveryStatus; plain?: boolean }) {
  const { t } = useTranslation('destinations')
  return (
    <StatusBadge tone={STATUS_TONES[status]} plain={plain}>
      {t(`log.statuses.${status}`)}
    </StatusBadge>
  )
}
