import { createSocket, type Socket } from 'node:dgram'
import type { AddressInfo } from 'node:net'

/** A name server on loopback that takes every question and answers none. */
export class SilentNameServer {
  /** questions that came */
  questions = 0
  readonly #socket: Socket

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('message', () => this.questions++)
  }

  static async start(): Promise<SilentNameServer> {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    return new SilentNameServer(socket)
  }

  /** As a resolver is told of it. */
  get address(): string {
    return `127.0.0.1:${(this.#socket.address() as AddressInfo).port}`
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()))
  }
}
