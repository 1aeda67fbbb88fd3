import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** What Prometheus reads. Labels are few and never personal; per-workspace numbers are in `GET /v1/pipeline`. */
export interface Metrics {
  readonly registry: Registry
  readonly accepted: Counter
  readonly refused: Counter
  readonly clientMetrics: Counter
  readonly processed: Counter<'outcome'>
  readonly batchEvents: Histogram
  readonly memory: Gauge
  readonly lagMs: Gauge
  readonly timersLagMs: Gauge
  readonly deliveries: Gauge<'status'>
}

/** @param read called at each scrape for what is measured only then */
export function createMetrics(read: {
  cacheBytes(): number
  lagMs(): number
  timersLagMs(): number
  deliveries(): Promise<Readonly<Record<string, number>>>
}): Metrics {
  const registry = new Registry()
  const registers = [registry]
  return {
    registry,
    accepted: new Counter({
      name: 'affluent_events_accepted_total',
      help: 'Events answered as taken',
      registers,
    }),
    refused: new Counter({
      name: 'affluent_events_refused_total',
      help: 'Events that the collector did not take',
      registers,
    }),
    clientMetrics: new Counter({
      name: 'affluent_client_metrics_total',
      help: "Calls of the browser SDK's own metrics",
      registers,
    }),
    processed: new Counter({
      name: 'affluent_events_processed_total',
      help: 'Events processed, by the outcome in which they ended',
      labelNames: ['outcome'],
      registers,
    }),
    batchEvents: new Histogram({
      name: 'affluent_micro_batch_events',
      help: 'Events in a micro-batch',
      buckets: [1, 10, 100, 500, 1_000, 2_000, 5_000],
      registers,
    }),
    memory: new Gauge({
      name: 'affluent_process_memory_bytes',
      help: 'Resident memory of the server process, and bytes of its caches',
      labelNames: ['kind'],
      registers,
      collect() {
        this.set({ kind: 'resident' }, process.memoryUsage.rss())
        this.set({ kind: 'cache' }, read.cacheBytes())
      },
    }),
    lagMs: new Gauge({
      name: 'affluent_processing_lag_milliseconds',
      help: 'Age of the oldest event that is accepted and not processed, over all workspaces',
      registers,
      collect() {
        this.set(read.lagMs())
      },
    }),
    timersLagMs: new Gauge({
      name: 'affluent_timers_lag_milliseconds',
      help: 'How long the first of the people whose moment has come has been waiting, over all workspaces',
      registers,
      collect() {
        this.set(read.timersLagMs())
      },
    }),
    deliveries: new Gauge({
      name: 'affluent_deliveries',
      help: 'Deliveries since the beginning by how they ended, and those that are queued, over all workspaces',
      labelNames: ['status'],
      registers,
      async collect() {
        for (const [status, count] of Object.entries(await read.deliveries())) this.set({ status }, count)
      },
    }),
  }
}
