import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A request, and how it is sent. */
export interface BareRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly sockets: number
  readonly seconds: number
}

/**
 * The limit of everything that posts from Node: the same request from a bare undici client in a process of its own,
 * which keeps nothing.
 * @returns requests a second
 */
export async function measureBareSender(request: BareRequest): Promise<number> {
  const program = fileURLToPath(new URL('./bare-sender-program.js', import.meta.url))
  const child = fork(program, [], { execArgv: [] })
  const answered = once(child, 'message')
  child.send(request)
  const [rate] = (await answered) as [number]
  const gone = once(child, 'exit')
  child.disconnect()
  await gone
  return rate
}
