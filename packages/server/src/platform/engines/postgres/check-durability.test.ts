import { expect, test } from 'vitest'
import { checkDurability } from './check-durability.ts'

const sound = { fsync: 'on', commit: 'on', pages: 'on', version: '15.1', number: '150001' }

function faultsOf(row: Partial<typeof sound>): Promise<string[]> {
  const query = async () => ({ rows: [{ ...sound, ...row }] })
  return checkDurability({ query } as unknown as Parameters<typeof checkDurability>[0])
}

test('a sound server has no faults', async () => {
  expect(await faultsOf({})).toEqual([])
  expect(await faultsOf({ commit: 'remote_apply' })).toEqual([])
})

test('each setting that may lose data is one fault, with its remedy', async () => {
  const faults = await faultsOf({
    fsync: 'off',
    commit: 'off',
    pages: 'off',
    version: '14.9',
    number: '140009',
  })
  expect(faults).toEqual([
    expect.stringContaining('use version 15'),
    expect.stringContaining('set fsync = on'),
    expect.stringContaining('set synchronous_commit = on'),
    expect.stringContaining('set full_page_writes = on'),
  ])
})
