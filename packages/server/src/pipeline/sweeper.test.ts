import { setTimeout as pause } from 'node:timers/promises'
import { DEFAULT_IDENTITY_RULES } from '@affluent/core/identity/namespaces'
import { expect, test } from 'vitest'
import { type Audiences, NO_AUDIENCES, type SweepRow, withSweep } from '../stores/audience-store.ts'
import type { Command } from './command.ts'
import { Progress } from './progress.ts'
import { Sweeper, type SweeperOptions } from './sweeper.ts'

const SWEEP: SweepRow = {
  ...{ position: 5, clock: 0, versions: [], series: [], everyone: false },
  ...{ landedPosition: 0, early: false, isLive: false, doneTo: 1, until: 3 },
  ...{ earlierPosition: 0, unsettledSince: 0 },
}

test('after a restart nothing is laid ready anew while the word that it was stands in the log and is not walked yet', async () => {
  let audiences: Audiences = withSweep(NO_AUDIENCES, SWEEP)
  const asked: string[] = []
  const given: Command[] = []
  const walked = new Progress()
  const loaded = new Progress()
  loaded.advance(7)
  const options = {
    ...{
      workspace: 1,
      walked,
      loaded,
      audiences: () => audiences,
      rules: () => DEFAULT_IDENTITY_RULES,
      now: () => 0,
    },
    database: {
      query: (query: string | { text: string }) => {
        asked.push(typeof query === 'string' ? query : query.text)
        return Promise.resolve({ rows: [{ position: 7 }] })
      },
    },
    clickhouse: { query: () => Promise.resolve({ json: () => Promise.resolve([]) }) },
    reads: { backfill: (_workspace: number, _signal: AbortSignal, work: () => Promise<unknown>) => work() },
    loader: { hurryTo: () => undefined },
    log: { warn: (event: string, fields: unknown) => expect.fail(`${event} ${String(fields)}`) },
    command: (command: Command) => {
      given.push(command)
      return new Promise<number>(() => {})
    },
  }
  const ending = new AbortController()
  const run = new Sweeper(options as unknown as SweeperOptions).run(ending.signal)
  await pause(50)
  expect(asked).toEqual(['select position from log_head where workspace_id = $1'])
  // the walk comes to it, and the sweep has landed
  audiences = withSweep(audiences, { ...SWEEP, landedPosition: 7 })
  walked.advance(7)
  await pause(50)
  expect(asked.filter((text) => text.startsWith('delete'))).toEqual([])
  expect(given).toMatchObject([{ kind: 'sweep_part', sweep: 5 }])
  ending.abort()
  void run
}, 10_000)
