import type { BenchContext } from '../../bench-context.ts'
import { quantile } from '../../report/quantile.ts'

const TIMES = 5
const QUERY = 'select uniqExact(fragment) from event where workspace = 1 format TabSeparated'

/**
 * The limit of every question to all events: how long ClickHouse counts the different fragments of its rows, the middle
 * of five, in milliseconds.
 */
export async function timeUniqueFragments({ server }: Pick<BenchContext, 'server'>): Promise<number> {
  const times: number[] = []
  for (let time = 0; time < TIMES; time++) {
    const began = performance.now()
    await server.askClickhouse(QUERY)
    times.push(performance.now() - began)
  }
  return quantile(times, 0.5)
}
