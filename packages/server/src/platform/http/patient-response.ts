import { type IncomingMessage, ServerResponse } from 'node:http'
import { REST_BYTES_MAX, REST_WAIT_MS_MAX } from '@affluent/protocol/limits'

/**
 * An answer that may come before its request has come whole, as a rejection does. It goes out at once; the rest of the
 * request is read and thrown away, as far as the bounds go, and only then the answer ends. A connection that is closed
 * on a client that still sends is a broken pipe to it: it never reads the answer, and tries again for ever. When the
 * body was too large, the connection is closed after that: what else such a client has to say may be as large.
 */
export class PatientResponse<
  Request extends IncomingMessage = IncomingMessage,
> extends ServerResponse<Request> {
  #isWaiting = false

  override writeHead(status: number, ...given: unknown[]): this {
    if (status === TOO_LARGE && this.#isEarly) this.shouldKeepAlive = false
    return super.writeHead(status, ...(given as []))
  }

  override end(...given: unknown[]): this {
    const [chunk] = given
    if (this.#isWaiting) return this
    if (!this.#isEarly) return this.#end(...given)
    this.#isWaiting = true
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) this.write(chunk)
    else this.flushHeaders()
    this.#readRest()
    return this
  }

  get #isEarly(): boolean {
    const { req } = this
    return !req.complete && !req.destroyed && hasBody(req)
  }

  #readRest(): void {
    const { req } = this
    let bytes = 0
    const count = (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > REST_BYTES_MAX) giveUp()
    }
    // the client sends more than anybody waits for
    const giveUp = () => {
      req.off('data', count)
      this.#end()
      req.socket.destroySoon()
    }
    const timer = setTimeout(giveUp, REST_WAIT_MS_MAX).unref()
    this.once('close', () => clearTimeout(timer))
    req.once('end', () => this.#end())
    req.on('data', count).resume()
  }

  #end(...given: unknown[]): this {
    return super.end(...(given as []))
  }
}

const TOO_LARGE = 413

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
