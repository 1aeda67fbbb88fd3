import { type Agent, request } from 'node:http'

export interface HttpAnswer {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: string
}

export interface HttpCall {
  readonly agent?: Agent
  readonly port?: number
  readonly socketPath?: string
  readonly method?: string
  readonly path: string
  readonly headers?: Record<string, string>
  readonly body?: string
  /** for the whole answer, in milliseconds */
  readonly timeoutMs: number
}

/**
 * One HTTP call to a server on this machine.
 * @throws when no whole answer came
 */
export function httpCall(call: HttpCall): Promise<HttpAnswer> {
  const { agent, port, socketPath, method = 'GET', path, headers = {}, body, timeoutMs } = call
  return new Promise((resolve, reject) => {
    const where = socketPath === undefined ? { host: '127.0.0.1', port } : { socketPath }
    const sent = request({ ...where, ...(agent === undefined ? {} : { agent }), method, path, headers })
    const timer = setTimeout(() => sent.destroy(new Error('no answer in time')), timeoutMs)
    const fail = (error: Error) => {
      clearTimeout(timer)
      reject(error)
    }
    sent.once('error', fail)
    sent.once('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', fail)
      response.once('close', () => {
        if (!response.complete) return fail(new Error('the answer broke off'))
        clearTimeout(timer)
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text })
      })
    })
    sent.end(body)
  })
}
