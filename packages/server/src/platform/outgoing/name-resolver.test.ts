import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LOOKUPS_WORKSPACE_MAX } from '@affluent/protocol/limits'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SilentNameServer } from '../../testing/silent-name-server.ts'
import { NameNotFound, NameResolver } from './name-resolver.ts'

let silent: SilentNameServer
let folder: string
let hostsFile: string

beforeAll(async () => {
  silent = await SilentNameServer.start()
  folder = await mkdtemp(join(tmpdir(), 'affluent-hosts-'))
  hostsFile = join(folder, 'hosts')
  await writeFile(hostsFile, '# names\n10.1.2.3\toffice.example Office2.Example # ours\n\n::1 six.example\n')
})

afterAll(async () => {
  await silent.stop()
  await rm(folder, { recursive: true })
})

function resolver(): NameResolver {
  return new NameResolver({ servers: [silent.address], hostsFile })
}

test('names of the hosts file need no name server, and localhost is itself', async () => {
  const names = resolver()
  const before = silent.questions
  expect(await names.resolve('office.example', 1)).toEqual(['10.1.2.3'])
  expect(await names.resolve('office2.example', 1)).toEqual(['10.1.2.3'])
  expect(await names.resolve('six.example', 1)).toEqual(['::1'])
  expect(await names.resolve('localhost', 1)).toEqual(['127.0.0.1', '::1'])
  expect(silent.questions).toBe(before)
})

test('a name server that never answers is given up, and not asked again at once', async () => {
  const names = resolver()
  await expect(names.resolve('hangs.example', 1)).rejects.toThrow(NameNotFound)
  const asked = silent.questions
  expect(asked).toBeGreaterThan(0)
  await expect(names.resolve('hangs.example', 2)).rejects.toThrow(NameNotFound)
  expect(silent.questions).toBe(asked)
}, 10_000)

test('one over the bound of look-ups of a workspace waits, and another workspace does not', async () => {
  const names = resolver()
  const before = silent.questions
  const first = Array.from({ length: LOOKUPS_WORKSPACE_MAX + 1 }, (_, index) =>
    names.resolve(`slow${index}.example`, 1).catch((error: Error) => error.message),
  )
  const other = names.resolve('other.example', 2).catch((error: Error) => error.message)
  await expect.poll(() => silent.questions - before).toBe(2 * (LOOKUPS_WORKSPACE_MAX + 1))
  expect(await other).toContain('is not known')
  const said = await Promise.all(first)
  // whichever read the hosts file last has waited
  expect(said.filter((message) => message.includes('is not known')).length).toBeGreaterThanOrEqual(
    LOOKUPS_WORKSPACE_MAX,
  )
  for (const message of said) expect(message).toMatch(/Too many other names|is not known/)
}, 15_000)

test('many who ask for one name ask once', async () => {
  const names = resolver()
  const before = silent.questions
  await Promise.allSettled(Array.from({ length: 20 }, () => names.resolve('same.example', 1)))
  // one question for each kind of address, each asked twice
  expect(silent.questions - before).toBeLessThanOrEqual(4)
}, 10_000)
