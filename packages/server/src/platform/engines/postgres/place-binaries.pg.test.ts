import { chmod, cp, mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { EngineLogLine } from './engine-log.ts'
import { findBinaries } from './find-binaries.ts'
import { placeBinaries } from './place-binaries.ts'
import { chooseIdentity } from './run-identity.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'affluent-test-'))
  await chmod(folder, 0o755)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('programs in a folder closed to the account are copied once to where it can read them', async (context) => {
  context.skip(process.geteuid?.() !== 0, 'only root changes its identity; run the tests as root to cover it')
  const identity = await chooseIdentity(null, true)
  const installed = await findBinaries()
  const closed = join(folder, 'closed')
  await mkdir(closed, { mode: 0o700 })
  await cp(installed.folder, join(closed, 'native'), { recursive: true, verbatimSymlinks: true })
  await chmod(join(closed, 'native', 'bin', 'postgres'), 0o700)
  await chmod(join(closed, 'native', 'lib'), 0o700)
  const log: EngineLogLine[] = []
  const place = () =>
    placeBinaries(
      { ...installed, folder: join(closed, 'native') },
      identity,
      join(folder, 'reachable'),
      (line) => {
        log.push(line)
      },
    )
  const copy = await place()
  expect(copy).toBe(join(folder, 'reachable', `postgresql-${installed.version}-${installed.platform}`))
  expect(log[0]?.msg).toContain(copy)
  const { ino } = await stat(copy)
  expect(await place()).toBe(copy)
  expect((await stat(copy)).ino).toBe(ino)
})

test('programs that do not run are refused with the way out', async () => {
  const identity = { kind: 'self', uid: 0, gid: 0 } as const
  const broken = { folder: join(folder, 'nothing'), version: '1', platform: 'none' }
  await expect(placeBinaries(broken, identity, folder, () => {})).rejects.toThrow(
    /does not run .* DATABASE_URL/,
  )
})
