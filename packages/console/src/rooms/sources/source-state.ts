import type { SourceAnswer } from '@affluent/protocol/endpoints/sources'
import type { Tone } from '../../pieces/status-badge.tsx'

/**
 * disabled: its key is refused · warned: its events of the last day are odd · receiving: in the last hour · quiet: not
 * lately · silent: never
 */
export type SourceState = 'disabled' | 'warned' | 'receiving' | 'quiet' | 'silent'

export const TONE_OF_STATE: Readonly<Record<SourceState, Tone>> = {
  disabled: 'held',
  warned: 'warn',
  receiving: 'good',
  quiet: 'quiet',
  silent: 'quiet',
}

const WARNED_FOR_MS = 86_400_000

/** The one state that matters most about a source; `now` in milliseconds. */
export function sourceState(
  source: Pick<SourceAnswer, 'enabled' | 'warnings' | 'lastHour' | 'lastEventAt'>,
  now: number,
): SourceState {
  if (!source.enabled) return 'disabled'
  if (source.warnings.some(({ lastAt }) => now - Date.parse(lastAt) < WARNED_FOR_MS)) return 'warned'
  if (source.lastHour > 0) return 'receiving'
  return source.lastEventAt === null ? 'silent' : 'quiet'
}
