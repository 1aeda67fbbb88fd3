/** The collect endpoint did not take an event. */
export class CollectError extends Error {
  override readonly name = 'CollectError'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

interface Sending {
  readonly type: 'track' | 'identify'
  readonly writeKey: string
  readonly body: object
}

/**
 * Sends an event through the collect endpoint with a write key, as a site would.
 * @returns the position that it got
 * @throws CollectError when it is not taken
 */
export async function sendEvent({ type, writeKey, body }: Sending): Promise<number> {
  const response = await fetch(`/v1/${type}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${btoa(`${writeKey}:`)}` },
    // The collector knows keys and no sessions.
    credentials: 'omit',
    body: JSON.stringify(body),
  })
  const answer = (await response.json().catch(() => ({}))) as { code?: string; message?: string }
  if (!response.ok) throw new CollectError(answer.code ?? 'unexpected', answer.message ?? response.statusText)
  return Number(response.headers.get('affluent-position'))
}
