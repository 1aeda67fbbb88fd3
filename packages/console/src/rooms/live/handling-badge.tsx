import type { Handling } from '@affluent/protocol/event-row'
import { IconArchive, IconRepeat } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import { StatusBadge } from '../../pieces/status-badge.tsx'

/**
 * What has been done about an event that was refused or quarantined; nothing while nothing has. In one word where it
 * `isShort`.
 */
export function HandlingBadge({
  handling,
  plain = false,
  isShort = false,
}: {
  handling: Handling | null
  plain?: boolean
  isShort?: boolean
}) {
  const { t } = useTranslation('live')
  const formats = useFormats()
  if (handling === null || handling.state === 'open') return null
  const { state, at, by, position } = handling
  const when = at === null ? '' : formats.exact(at)
  const isTaken = !isShort && state === 'replayed' && position !== null
  return (
    <span title={t(by === null ? 'handling.at' : 'handling.byAt', { by, when })}>
      <StatusBadge
        tone={state === 'replayed' ? 'good' : 'quiet'}
        icon={state === 'replayed' ? IconRepeat : IconArchive}
        plain={plain}
      >
        {isTaken ? t('handling.replayedAs', { position: formats.number(position) }) : t(`handling.${state}`)}
      </StatusBadge>
    </span>
  )
}
