import type { LoadTarget } from '../load/load-plan.ts'

/** Calls of the server's API, in JSON. */
export class ApiClient {
  readonly #base: string
  readonly #api: string
  readonly #write: string

  constructor({ port, apiKey, writeKey }: LoadTarget) {
    this.#base = `http://127.0.0.1:${port}`
    this.#api = `Bearer ${apiKey}`
    this.#write = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`
  }

  /** @throws Error with the call and the answer, when it is no good one */
  async get<T>(path: string): Promise<T> {
    return (await this.#call({ method: 'GET', path })).json() as Promise<T>
  }

  /** @throws as `get` */
  async post<T>(path: string, body: unknown): Promise<T> {
    return (await this.#call({ method: 'POST', path, body })).json() as Promise<T>
  }

  /** @throws as `get` */
  async put(path: string, body: unknown): Promise<void> {
    await (await this.#call({ method: 'PUT', path, body })).arrayBuffer()
  }

  /** @throws as `get` */
  async delete(path: string): Promise<void> {
    await (await this.#call({ method: 'DELETE', path })).arrayBuffer()
  }

  /**
   * Sends a few events through the collect endpoint, in one batch.
   * @returns how many were taken, and the position to wait for
   * @throws as `get`
   */
  async collect(events: readonly object[]): Promise<{ accepted: number; position: string }> {
    const sent = { method: 'POST', path: '/v1/batch', body: { batch: events }, authorization: this.#write }
    const answer = await this.#call(sent)
    const { accepted } = (await answer.json()) as { accepted: number }
    const position = answer.headers.get('affluent-position')
    if (position === null) throw new Error('A batch was answered without a position.')
    return { accepted, position }
  }

  async #call({ method, path, body, authorization = this.#api }: Call): Promise<Response> {
    const answer = await fetch(`${this.#base}${path}`, {
      method,
      headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (answer.ok) return answer
    throw new Error(`${method} ${path} answers ${answer.status}: ${(await answer.text()).slice(0, 500)}`)
  }
}

interface Call {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  /** the API key when absent */
  readonly authorization?: string
}
