import { expect, test } from 'vitest'
import { type LogEntry, recordLog } from '../../testing/test-server.ts'
import { sparingWarning } from './sparing-warning.ts'

test('a warning that callers can cause at will is said once a minute, with how often it came', () => {
  const lines: LogEntry[] = []
  let now = 0
  const warn = sparingWarning(recordLog(lines), 'reads_overloaded', () => now)
  for (now = 0; now < 120_000; now += 1_000) warn({ id: now })
  expect(lines).toEqual([
    { level: 'warn', event: 'reads_overloaded', fields: { id: 0, times: 1 } },
    { level: 'warn', event: 'reads_overloaded', fields: { id: 60_000, times: 60 } },
  ])
})
