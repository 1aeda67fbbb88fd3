import { NEVER_SEEN } from '@affluent/core/identity/identity-slice'

/**
 * First and last time as the API answers them.
 * @param asOf milliseconds since the epoch: stands for both while all that was seen lies ahead
 */
export function isoSpan(
  firstSeen: number,
  lastSeen: number,
  asOf: number,
): { readonly firstSeen: string; readonly lastSeen: string } {
  const wasSeen = firstSeen !== NEVER_SEEN.first
  return { firstSeen: isoOf(wasSeen ? firstSeen : asOf), lastSeen: isoOf(wasSeen ? lastSeen : asOf) }
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString()
}
