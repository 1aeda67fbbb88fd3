import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { folderBytes } from './folder-bytes.ts'

test('a folder takes what its files take, at all depths, without those that are left out', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'affluent-folder-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const name of ['a', 'b', 'log']) {
    await mkdir(join(folder, name, 'deep'), { recursive: true })
    await writeFile(join(folder, name, 'deep', 'file'), Buffer.alloc(8_192, 1))
  }
  const all = await folderBytes(folder)
  expect(all).toBeGreaterThanOrEqual(3 * 8_192)
  expect(await folderBytes(folder, ['log'])).toBe((all / 3) * 2)
  expect(await folderBytes(join(folder, 'none'))).toBe(0)
})
