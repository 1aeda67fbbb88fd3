import { once } from 'node:events'
import { ConfigError, readEnvironment, toConfig } from './config.ts'
import { describeStart } from './describe-start.ts'
import { createLog } from './platform/observability/log.ts'
import { type AffluentServer, startServer } from './server.ts'

const EXIT_CONFIG = 2
const EXIT_FAILED = 1

process.exitCode = await main()

/** Runs until a signal or a failure. */
async function main(): Promise<number> {
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort())
  let server: AffluentServer
  try {
    const config = toConfig(readEnvironment())
    const log = createLog(config.logLevel)
    process.on('unhandledRejection', (error) => log.error('unhandled_rejection', { error }))
    server = await startServer({ config, log, progress: (step) => say(`… ${step}`) })
    say(describeStart(server.url, server, config))
  } catch (error) {
    say(`Affluent did not start: ${error instanceof Error ? error.message : String(error)}`)
    return error instanceof ConfigError ? EXIT_CONFIG : EXIT_FAILED
  }
  const stopped = stop.signal.aborted ? Promise.resolve() : once(stop.signal, 'abort')
  const failure = await Promise.race([stopped.then(() => undefined), server.failed])
  if (failure !== undefined) say(`Affluent stops: ${failure}`)
  await server.close()
  return failure === undefined ? 0 : EXIT_FAILED
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
