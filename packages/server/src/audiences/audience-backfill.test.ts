import { setTimeout as pause } from 'node:timers/promises'
import type { BackfillRow } from '@affluent/core/audience/audience-tables'
import { DEFAULT_IDENTITY_RULES } from '@affluent/core/identity/namespaces'
import { expect, test } from 'vitest'
import { Progress } from '../log/progress.ts'
import { AudienceBackfill, type AudienceBackfillOptions } from './audience-backfill.ts'
import { type Audiences, NO_AUDIENCES, withBackfill } from './audience-store.ts'
import type { AudienceCommand } from './command.ts'

const BACKFILL: BackfillRow = {
  ...{ position: 5, clock: 0, versions: [], series: [], everyone: false },
  ...{ readyPosition: 0, early: false, isLive: false, doneTo: 1, until: 3 },
  ...{ earlierPosition: 0, unsettledSince: 0, startedAt: new Date(0) },
}

test('after a restart nothing is laid ready anew while the word that it was stands in the log and is not processed yet', async () => {
  let audiences: Audiences = withBackfill(NO_AUDIENCES, BACKFILL)
  const asked: string[] = []
  const given: AudienceCommand[] = []
  const processed = new Progress()
  const loaded = new Progress()
  loaded.advance(7)
  const options = {
    ...{
      workspace: 1,
      processed,
      loaded,
      audiences: () => audiences,
      rules: () => DEFAULT_IDENTITY_RULES,
      now: () => 0,
    },
    database: {
      query: (query: string | { text: string }) => {
        asked.push(typeof query === 'string' ? query : query.text)
        return Promise.resolve({ rows: [{ head: 7, processed: 0, loaded: 7 }] })
      },
    },
    clickhouse: { query: () => Promise.resolve({ json: () => Promise.resolve([]) }) },
    reads: { backfill: (_workspace: number, _signal: AbortSignal, work: () => Promise<unknown>) => work() },
    hurryTo: () => undefined,
    log: { warn: (event: string, fields: unknown) => expect.fail(`${event} ${String(fields)}`) },
    command: (command: AudienceCommand) => {
      given.push(command)
      return new Promise<number>(() => {})
    },
  }
  const ending = new AbortController()
  const run = new AudienceBackfill(options as unknown as AudienceBackfillOptions).run(ending.signal)
  await pause(50)
  // it looks where the log ends, and waits
  expect(asked).toHaveLength(1)
  // the processor comes to it, and the backfill has landed
  audiences = withBackfill(audiences, { ...BACKFILL, readyPosition: 7 })
  processed.advance(7)
  await pause(50)
  expect(asked.filter((text) => text.startsWith('delete'))).toEqual([])
  expect(given).toMatchObject([{ kind: 'backfill_batch', backfill: 5 }])
  ending.abort()
  void run
}, 10_000)
