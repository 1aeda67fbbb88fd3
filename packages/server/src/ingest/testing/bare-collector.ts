import { createMetrics } from '../../platform/observability/metrics.ts'
import { ThreadShare } from '../../platform/processing/thread-share.ts'
import { recordLog } from '../../testing/test-server.ts'
import { Collector, type CollectorOptions } from '../collector.ts'

/** A collector without a server around it: all requests come from one address, and nothing waits for a processor. */
export function bareCollector(options: Pick<CollectorOptions, 'registry' | 'append' | 'limits'>): Collector {
  return new Collector({
    ...options,
    metrics: createMetrics({
      cacheBytes: () => 0,
      lagMs: () => 0,
      timersLagMs: () => 0,
      deliveries: async () => ({}),
    }),
    log: recordLog([]),
    now: Date.now,
    addressOf: () => '127.0.0.1',
    refusesWork: () => undefined,
    thread: new ThreadShare(() => 0),
    lagMs: () => 0,
    lagMaxMs: undefined,
  })
}
