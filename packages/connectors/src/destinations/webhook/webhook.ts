import type { DestinationKind } from '../../destination-kind.ts'
import { sign } from './sign.ts'

/** What a webhook needs to know. */
export interface WebhookSettings {
  /** as it is shown: the values of its query are masked */
  readonly url: string
}

/** What nobody may read back. */
export interface WebhookSecrets {
  /** `whsec_` and base64, or base64 */
  readonly secret: string
  /** the whole URL, when it has a query: what stands there opens the receiver's door */
  readonly url?: string
}

const MASK = '***'

/** A URL without the values of its query. */
export function maskQuery(url: string): string {
  const at = url.indexOf('?')
  if (at === -1) return url
  const query = url.slice(at + 1).split('#', 1)[0] as string
  const masked = query
    .split('&')
    .map((pair) => (pair.includes('=') ? `${pair.split('=', 1)[0]}=${MASK}` : MASK))
  return `${url.slice(0, at)}?${masked.join('&')}`
}

/** Whether a URL was masked: nobody can send to it. */
export function isMasked(url: string): boolean {
  const at = url.indexOf('?')
  return (
    at !== -1 &&
    url
      .slice(at + 1)
      .split('&')
      .some((pair) => pair.split('=').at(-1) === MASK)
  )
}

/** Posts JSON to a URL, signed as Standard Webhooks has it. */
export const webhook: DestinationKind<WebhookSettings, WebhookSecrets> = {
  key: 'webhook',
  title: { en: 'Webhook', fr: 'Webhook' },
  sentence: {
    en: 'Posts each event or membership as JSON to an address of yours, signed.',
    fr: 'Envoie chaque événement ou appartenance en JSON à une adresse à vous, avec signature.',
  },
  reach: 'own',
  request({ id, body }, settings, { secret, url = settings.url }, at) {
    const timestamp = Math.floor(at / 1000)
    return {
      method: 'POST',
      url,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Affluent/0.1 (+webhooks)',
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': sign({ id, timestamp, body }, secret),
      },
      body,
    }
  },
}
