import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BenchContext } from '../bench-context.ts'
import { Perf, type PerfReport } from './perf.ts'
import type { ThreadProfile } from './profiler.ts'

/** Does some work, and with --profile says where its time went. */
export async function profiled<T>(
  context: BenchContext,
  name: string,
  work: () => Promise<T>,
): Promise<{ result: T; profiles?: ThreadProfile[]; perf?: PerfReport }> {
  const { profiler, server } = context
  if (profiler === undefined) return { result: await work() }
  const perf = new Perf(join(tmpdir(), `affluent-${name}-${process.pid}.perf`))
  profiler.begin(server)
  const result = await work()
  const profiles = await profiler.end(server, name)
  return { result, profiles, perf: await perf.end() }
}
