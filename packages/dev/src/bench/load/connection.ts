import { connect, type Socket } from 'node:net'
import type { LoadTarget } from './load-plan.ts'
import { type Answer, ResponseParser } from './response-parser.ts'

const READ_BYTES = 64 * 1024
const RETRY_MS = 50

/** A kept-alive connection with one request at a time; opens again when it breaks. */
export class Connection {
  readonly #place: Pick<LoadTarget, 'host' | 'port'>
  #socket: Socket | undefined
  #onEnd: ((answer: Answer | Error) => void) | undefined
  #closed = false

  constructor(place: Pick<LoadTarget, 'host' | 'port'>) {
    this.#place = place
  }

  /** Opens it. */
  open(): Promise<void> {
    const buffer = Buffer.allocUnsafe(READ_BYTES)
    const parser = new ResponseParser((answer) => this.#end(answer))
    return new Promise((resolve, reject) => {
      const socket = connect({
        port: this.#place.port,
        host: this.#place.host ?? '127.0.0.1',
        noDelay: true,
        onread: {
          buffer,
          callback: (length) => {
            parser.push(buffer.subarray(0, length))
            return true
          },
        },
      })
      this.#socket = socket
      socket.once('connect', resolve)
      socket.on('error', reject)
      socket.on('close', () => this.#broke())
    })
  }

  /**
   * Sends a request.
   * @param bytes may be changed again once `onEnd` was called
   * @param onEnd told the answer, or why there is none; may send the next request
   */
  send(bytes: Buffer, onEnd: (answer: Answer | Error) => void): void {
    this.#onEnd = onEnd
    this.#socket?.write(bytes)
  }

  close(): void {
    this.#closed = true
    this.#socket?.destroy()
  }

  #end(answer: Answer | Error): void {
    const onEnd = this.#onEnd
    this.#onEnd = undefined
    onEnd?.(answer)
  }

  #broke(): void {
    if (this.#closed) return
    setTimeout(() => {
      this.open().then(
        () => this.#end(new Error('connection lost')),
        () => undefined,
      )
    }, RETRY_MS)
  }
}
