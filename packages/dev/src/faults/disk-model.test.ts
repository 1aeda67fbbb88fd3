import { describe, expect, test } from 'vitest'
import { DiskModel, type TakeBack } from './disk-model.ts'
import type { FileCall } from './read-strace.ts'

const create = (path: string): FileCall => ({ kind: 'create', path, truncates: true })
const write = (path: string, bytes: number): FileCall => ({ kind: 'write', path, at: undefined, bytes })
const mkdir = (path: string): FileCall => ({ kind: 'mkdir', path })
const rename = (from: string, to: string): FileCall => ({ kind: 'rename', from, to })
const sync = (path: string, by = '1'): FileCall[] => [
  { kind: 'sync', path, by },
  { kind: 'synced', by },
]

describe('what a power cut takes', () => {
  test('bytes and the name of a file that was never synced', () => {
    const { names, tails } = after([create('/d/a'), write('/d/a', 10)])
    expect(names).toEqual([{ kind: 'create', path: '/d/a' }])
    expect([...tails]).toEqual([['/d/a', 0]])
  })

  test('nothing of a file that was synced; only the end that came later', () => {
    expect(after([create('/d/a'), write('/d/a', 10), ...sync('/d/a')])).toMatchObject({
      names: [],
      tails: new Map(),
    })
    const { tails } = after([create('/d/a'), write('/d/a', 10), ...sync('/d/a'), write('/d/a', 5)])
    expect([...tails]).toEqual([['/d/a', 10]])
  })

  test('what is written while a sync runs is not covered by it, and a sync that never ended covers nothing', () => {
    const begun: FileCall = { kind: 'sync', path: '/d/a', by: '1' }
    const during = [write('/d/a', 10), begun, write('/d/a', 5)]
    expect([...after([...during, { kind: 'synced', by: '1' }], ['/d/a', 0]).tails]).toEqual([['/d/a', 10]])
    expect([...after(during, ['/d/a', 0]).tails]).toEqual([['/d/a', 0]])
  })

  test('the end of a file that was there before', () => {
    expect([...after([write('/d/log', 61)], ['/d/log', 500]).tails]).toEqual([['/d/log', 500]])
  })

  test('the new name of a part, unless the part itself was synced after it got the name', () => {
    const made = [mkdir('/d/tmp'), create('/d/tmp/data'), write('/d/tmp/data', 7), ...sync('/d/tmp/data')]
    const named = [...made, rename('/d/tmp', '/d/part')]
    expect(after(named).names).toEqual([{ kind: 'rename', from: '/d/tmp', to: '/d/part' }])
    expect(after([...named, ...sync('/d/part')])).toMatchObject({ names: [], tails: new Map() })
  })

  test('files keep what is known of them under their new name', () => {
    const calls = [
      mkdir('/d/tmp'),
      create('/d/tmp/data'),
      write('/d/tmp/data', 7),
      rename('/d/tmp', '/d/part'),
    ]
    expect([...after([...calls, ...sync('/d/part')]).tails]).toEqual([['/d/part/data', 0]])
  })

  test('names are taken back newest first, and none older than a durable one', () => {
    const calls = [mkdir('/d/a'), mkdir('/d/b'), ...sync('/d/b'), mkdir('/d/c'), rename('/d/c', '/d/e')]
    expect(after(calls).names).toEqual([
      { kind: 'rename', from: '/d/c', to: '/d/e' },
      { kind: 'mkdir', path: '/d/c' },
    ])
  })

  test('what lies elsewhere is left alone', () => {
    expect(after([create('/x/a'), write('/x/a', 10)])).toMatchObject({ names: [], tails: new Map() })
  })
})

function after(calls: readonly FileCall[], ...before: [string, number][]): TakeBack {
  const model = new DiskModel('/d', new Map(before))
  for (const call of calls) model.apply(call)
  return model.takeBack()
}
