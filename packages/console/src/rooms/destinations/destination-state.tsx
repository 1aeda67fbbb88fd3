import type { DestinationAnswer } from '@affluent/protocol/endpoints/destinations'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import { StatusBadge } from '../../pieces/status-badge.tsx'
import { STATE_TONES } from './delivery-states.ts'

interface DestinationStateProps {
  health: DestinationAnswer['health']
  /** Without a ground of its own, for tables. */
  plain?: boolean
}

/** How a destination fares; one that only holds deliveries back says how many, for it is not idle. */
export function DestinationState({ health: { state, last24h }, plain = false }: DestinationStateProps) {
  const { t } = useTranslation('destinations')
  const formats = useFormats()
  const isHolding = state === 'idle' && last24h.held > 0
  return (
    <span title={t(isHolding ? 'stateHints.holding' : `stateHints.${state}`)}>
      <StatusBadge plain={plain} tone={isHolding ? 'held' : STATE_TONES[state]}>
        {isHolding
          ? t('holding', { count: last24h.held, shown: formats.number(last24h.held) })
          : t(`states.${state}`)}
      </StatusBadge>
    </span>
  )
}
