import { expect, test } from 'vitest'
import type { CpuReport } from '../machine/cpu-ledger.ts'
import { type RunResult, ratiosOf } from './ratios.ts'

function run(rate: number, p99: number, ours: number, tool: number): RunResult {
  const share = (role: string, seconds: number) => ({ role, seconds, cores: seconds / 10, processes: 1 })
  const shares = [share('server: main thread', ours), share('load tool', tool), share('bench', 7)]
  const machine = { busy: 1, waitsForDisk: 0, stolen: 0 }
  const cpu: CpuReport = { seconds: 10, shares, machine, othersCores: 0 }
  return {
    rows: [
      {
        figures: [
          {
            ...{ name: 'walk', value: rate, unit: 'events/s', better: 'more' },
            limit: { name: 'JSON.parse', value: 1_000 },
          },
          { name: '  answer, p99', value: p99, unit: 'ms', better: 'less' },
        ],
        cpu: { walk: cpu },
      },
    ],
  }
}

test('above 1 is better now: a rate as it is, a time as its inverse, the middle one of the pairs', () => {
  const pairs = [
    { before: run(100, 10, 4, 1), now: run(110, 5, 4, 1) },
    { before: run(100, 10, 4, 1), now: run(90, 20, 4, 1) },
    { before: run(100, 10, 4, 1), now: run(150, 10, 4, 1) },
  ]
  const ratios = new Map(ratiosOf(pairs).map(({ name, median, each }) => [name, { median, each }]))
  expect(ratios.get('walk')).toEqual({ median: 1.1, each: [1.1, 0.9, 1.5] })
  expect(ratios.get('walk, by JSON.parse')?.median).toBeCloseTo(1.1)
  expect(ratios.get('walk: answer, p99')).toEqual({ median: 1, each: [2, 0.5, 1] })
})

test('CPU time is told by that of the load tool, so that a slow machine changes nothing', () => {
  const [ratio] = ratiosOf([{ before: run(100, 10, 4, 1), now: run(50, 20, 8, 2) }]).filter(({ name }) =>
    name.startsWith('walk: CPU'),
  )
  expect(ratio).toMatchObject({ median: 1 })
})

test('what only one of the two has measured is left out', () => {
  const without = { rows: [{ ...(run(100, 10, 4, 1).rows[0] as RunResult['rows'][number]), figures: [] }] }
  expect(ratiosOf([{ before: without, now: run(100, 10, 4, 1) }]).map(({ name }) => name)).toEqual([
    'walk: CPU of ours, by load tool and receivers',
  ])
})
