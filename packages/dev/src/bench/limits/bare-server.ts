import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A running bare server: the limit of everything that answers HTTP in Node. */
export interface BareServer {
  readonly port: number
  readonly pid: number
  stop(): Promise<void>
}

/** Starts a bare `node:http` server in a process of its own. */
export async function startBareServer(): Promise<BareServer> {
  const child = fork(fileURLToPath(new URL('./bare-program.js', import.meta.url)), [], { execArgv: [] })
  const [port] = (await once(child, 'message')) as [number]
  return {
    port,
    pid: child.pid as number,
    stop: async () => {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}
