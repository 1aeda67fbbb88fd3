import { expect, test } from 'vitest'
import { sourceState } from './source-state.ts'

const SOURCE = { enabled: true, warnings: [], lastHour: 0, lastEventAt: null }
const WARNING = { code: 'future', count: 1, lastMessage: 'x', lastAt: '2026-11-22T00:00:00.000Z' }
const NOW = Date.parse('2026-11-22T12:00:00.000Z')
const OLD = { ...WARNING, lastAt: '2026-11-20T00:00:00.000Z' }

test.each([
  [{}, 'silent'],
  [{ lastEventAt: '2026-11-20T00:00:00.000Z' }, 'quiet'],
  [{ lastHour: 3, lastEventAt: '2026-11-22T00:00:00.000Z' }, 'receiving'],
  [{ lastHour: 3, warnings: [WARNING] }, 'warned'],
  [{ lastHour: 3, warnings: [OLD] }, 'receiving'],
  [{ lastHour: 3, warnings: [WARNING], enabled: false }, 'disabled'],
] satisfies ReadonlyArray<[Partial<Parameters<typeof sourceState>[0]>, string]>)(
  'a source with %j is %s',
  (change, state) => {
    expect(sourceState({ ...SOURCE, ...change }, NOW)).toBe(state)
  },
)
