import type { BenchContext } from '../bench-context.ts'
import type { LoadReport } from '../load/load-plan.ts'

const CONNECTIONS = 50
const SECONDS_MAX = 3_600

/**
 * Single events at a fixed rate, of all people that were made (or of so many of the mix), while something else is done;
 * ends with it.
 */
export async function besideStream<T>(
  context: BenchContext,
  {
    rate,
    seed,
    people = context.profiles.made,
  }: { readonly rate: number; readonly seed: number; readonly people?: number },
  work: () => Promise<T>,
): Promise<{ result: T; report: LoadReport }> {
  const { tool, server, ledger } = context
  let start: () => void = () => {}
  const started = new Promise<void>((resolve) => {
    start = resolve
  })
  const stream = tool.run(
    {
      kind: 'open',
      target: server.target,
      requests: { kind: 'singles', people, seed },
      ...{ connections: CONNECTIONS, rate, seconds: SECONDS_MAX, warmUp: 0 },
    },
    { onStart: () => start() },
  )
  // awaited below, also when the work fails
  stream.catch(() => undefined)
  await Promise.race([started, stream])
  let result: T
  try {
    result = await work()
  } finally {
    tool.end()
    ledger.add(await stream)
  }
  return { result, report: await stream }
}
