import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { claimDataDirectory, DataDirectoryTaken } from './owner.ts'
import { type CompiledEngines, compileEngines } from './testing/compile-engines.ts'
import { type NodeChild, startNodeChild } from './testing/node-child.ts'

let compiled: CompiledEngines
let dataDir: string
const children: NodeChild[] = []

beforeAll(async () => {
  compiled = await compileEngines()
})
afterAll(() => compiled.remove())
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'affluent-test-'))
})
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()))
  await rm(dataDir, { recursive: true, force: true })
})

function claimInChild(): NodeChild {
  const child = startNodeChild(`
    import { claimDataDirectory } from '${compiled.folder}/owner.js'
    setInterval(() => {}, 1000)
    await claimDataDirectory(${JSON.stringify(dataDir)}).then(
      () => console.log('held'),
      (error) => console.log(error.pid === undefined ? error.message : 'taken by ' + error.pid),
    )`)
  children.push(child)
  return child
}

test('a second claim names the process that holds the directory', async () => {
  const claim = await claimDataDirectory(dataDir)
  const second = await claimDataDirectory(dataDir).catch((error) => error)
  expect(second).toBeInstanceOf(DataDirectoryTaken)
  expect(second.pid).toBe(process.pid)
  expect(second.message).toContain(`in use by process ${process.pid}`)
  expect(await claimInChild().firstLine).toBe(`taken by ${process.pid}`)
  await claim.release()
})

test('a released directory can be claimed again, and release may be called twice', async () => {
  const first = await claimDataDirectory(dataDir)
  await first.release()
  await first.release()
  const second = await claimDataDirectory(dataDir)
  await second.release()
  expect(await readdir(join(dataDir, 'owner'))).toEqual([])
})

test('the claim of a killed process is taken over', async () => {
  const child = claimInChild()
  expect(await child.firstLine).toBe('held')
  await expect(claimDataDirectory(dataDir)).rejects.toThrow(`process ${child.child.pid}`)
  await child.kill()
  const claim = await claimDataDirectory(dataDir)
  expect(await readdir(join(dataDir, 'owner'))).toHaveLength(1)
  await claim.release()
})

test('a holder that is stopped and cannot answer still holds', async () => {
  const child = claimInChild()
  expect(await child.firstLine).toBe('held')
  child.child.kill('SIGSTOP')
  await expect(claimDataDirectory(dataDir)).rejects.toThrow(DataDirectoryTaken)
})

test('of many claims at once, over a stale one, exactly one holds', async () => {
  for (let round = 0; round < 20; round++) {
    const claims = await Promise.allSettled(Array.from({ length: 8 }, () => claimDataDirectory(dataDir)))
    const held = claims.filter((claim) => claim.status === 'fulfilled')
    expect(held).toHaveLength(1)
    for (const claim of held) await claim.value.release()
  }
})

test('of several processes at once, over a stale claim, exactly one holds', async () => {
  const stale = claimInChild()
  await stale.firstLine
  await stale.kill()
  const lines = await Promise.all(Array.from({ length: 6 }, () => claimInChild().firstLine))
  expect(lines.filter((line) => line === 'held')).toHaveLength(1)
  expect(lines.filter((line) => line.startsWith('taken by'))).toHaveLength(5)
})

test('a directory far deeper than a socket path may be can be claimed', async () => {
  const deep = join(dataDir, ...Array.from({ length: 6 }, () => 'a folder with a long name, spaces and é'))
  const claim = await claimDataDirectory(deep)
  await expect(claimDataDirectory(deep)).rejects.toThrow(DataDirectoryTaken)
  await claim.release()
})

test('a directory that cannot be made is refused with the way to fix it', async () => {
  await expect(claimDataDirectory('/dev/null/nowhere')).rejects.toThrow(
    /cannot be written to .* AFFLUENT_DATA_DIR/,
  )
})
