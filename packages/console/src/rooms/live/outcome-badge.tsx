import type { EventOutcome } from '@affluent/protocol/event-row'
import {
  type Icon,
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconCopy,
  IconFilter,
  IconProgress,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { StatusBadge, type Tone } from '../../pieces/status-badge.tsx'

const LOOKS: Readonly<Record<EventOutcome, { readonly tone: Tone; readonly icon: Icon }>> = {
  accepted: { tone: 'busy', icon: IconProgress },
  processed: { tone: 'good', icon: IconCircleCheck },
  duplicate: { tone: 'quiet', icon: IconCopy },
  quarantined: { tone: 'warn', icon: IconAlertTriangle },
  filtered: { tone: 'held', icon: IconFilter },
  refused: { tone: 'bad', icon: IconCircleX },
}

/** How an event stands or ended: icon and word. */
export function OutcomeBadge({ outcome, plain = false }: { outcome: EventOutcome; plain?: boolean }) {
  const { t } = useTranslation('live')
  const { tone, icon } = LOOKS[outcome]
  return (
    <StatusBadge tone={tone} icon={icon} plain={plain}>
      {t(`outcomes.${outcome}`)}
    </StatusBadge>
  )
}
