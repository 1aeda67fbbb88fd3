/** Why a delivery was made and not sent: stable names. */
export const HOLD_REASONS = ['sandbox', 'payload_empty', 'required_missing', 'payload_too_large'] as const
export type HoldReason = (typeof HOLD_REASONS)[number]
