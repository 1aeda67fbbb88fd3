import type { SourceAnswer } from '@affluent/protocol/endpoints/sources'
import { useTranslation } from 'react-i18next'
import { StatusBadge } from '../../pieces/status-badge.tsx'
import { useNow } from '../../pieces/use-now.ts'
import { sourceState, TONE_OF_STATE } from './source-state.ts'

/** How a source fares, in one word. */
export function SourceHealth({ source }: { source: SourceAnswer }) {
  const { t } = useTranslation('home')
  const state = sourceState(source, useNow())
  return (
    <StatusBadge plain tone={TONE_OF_STATE[state]}>
      {t(`sources.states.${state}`)}
    </StatusBadge>
  )
}
