import { createHmac } from 'node:crypto'

const PREFIX = 'whsec_'

/**
 * Signs a webhook (Standard Webhooks 1.0, "Symmetric signatures"): HMAC-SHA256 of `id.timestamp.body`.
 * @param message.timestamp seconds since the epoch
 * @param secret base64, with or without `whsec_` before it
 * @returns what the header `webhook-signature` holds: `v1,` and base64
 */
export function sign(
  message: { readonly id: string; readonly timestamp: number; readonly body: string },
  secret: string,
): string {
  const key = Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret, 'base64')
  const signed = createHmac('sha256', key).update(`${message.id}.${message.timestamp}.${message.body}`)
  return `v1,${signed.digest('base64')}`
}
