import type { DestinationKind } from '../../destination-kind.ts'
import { sign } from './sign.ts'

/** What a webhook needs to know. */
export interface WebhookSettings {
  readonly url: string
}

/** What nobody may read back. */
export interface WebhookSecrets {
  /** `whsec_` and base64, or base64 */
  readonly secret: string
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
  request({ id, body }, { url }, { secret }, at) {
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
