import { describe, expect, test } from 'vitest'
import type { FileCall } from './read-strace.ts'
import { WAL_PAGE_BYTES, WalModel } from './wal-model.ts'

const write = (page: number, pages = 1): FileCall => ({
  kind: 'write',
  path: '/wal/01',
  at: page * WAL_PAGE_BYTES,
  bytes: pages * WAL_PAGE_BYTES,
})
const begin: FileCall = { kind: 'sync', path: '/wal/01', by: '1' }
const end: FileCall = { kind: 'synced', by: '1' }

describe('pages of the log that a power cut takes', () => {
  test('those that no finished sync covers', () => {
    expect(unsynced([write(0, 3)])).toEqual([0, 1, 2])
    expect(unsynced([write(0, 3), begin])).toEqual([0, 1, 2])
    expect(unsynced([write(0, 3), begin, end])).toEqual([])
    expect(unsynced([write(0), begin, write(1), end])).toEqual([1])
  })

  test('not the last page that is written again as it fills: its synced part is there', () => {
    expect(unsynced([write(0), begin, end, write(0, 2)])).toEqual([1])
  })

  test('not a page that held log before', () => {
    const model = new WalModel('/wal', new Map([['/wal/01', new Set([0])]]))
    model.apply(write(0, 2))
    expect(model.unsynced()).toEqual(new Map([['/wal/01', [1]]]))
  })

  test('a sync of another file covers nothing', () => {
    expect(unsynced([write(0), { kind: 'sync', path: '/wal/02', by: '1' }, end])).toEqual([0])
  })
})

function unsynced(calls: readonly FileCall[]): number[] {
  const model = new WalModel('/wal', new Map())
  for (const call of calls) model.apply(call)
  return model.unsynced().get('/wal/01') ?? []
}
