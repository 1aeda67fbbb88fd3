import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSecretKeys, removeFormerKeys, rotateSecretKey, SecretBox } from './secret-box.ts'

test('what is sealed opens for its owner and this key only, and not when a bit has changed', () => {
  const box = new SecretBox([new Uint8Array(32).fill(1)])
  const sealed = box.seal({ secret: 'whsec_x' }, 'a')
  expect(sealed.toString('latin1')).not.toContain('whsec_x')
  expect(box.open(sealed, 'a')).toEqual({ secret: 'whsec_x' })
  expect(() => box.open(sealed, 'b')).toThrow()
  expect(() => new SecretBox([new Uint8Array(32).fill(2)]).open(sealed, 'a')).toThrow()
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] as number) ^ 1
    expect(() => box.open(changed, 'a'), `byte ${at}`).toThrow()
  }
  // the same twice does not look the same
  expect(box.seal({ secret: 'whsec_x' }, 'a').equals(sealed)).toBe(false)
})

test('the key of an installation is made once, also when several start at once, and only its owner can read it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'affluent-key-'))
  const keys = await Promise.all([readSecretKeys(folder), readSecretKeys(folder), readSecretKeys(folder)])
  expect(keys[0]?.[0]).toHaveLength(32)
  for (const each of [...keys, await readSecretKeys(folder)]) expect(each).toEqual(keys[0])
  expect((await stat(join(folder, 'secret.key'))).mode & 0o777).toBe(0o600)
  await rm(folder, { recursive: true })
})

test('after the key was changed, twice even, what was sealed before opens until all is sealed anew', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'affluent-key-'))
  const first = new SecretBox(await readSecretKeys(folder)).seal('first', 'a')
  await rotateSecretKey(folder)
  const second = new SecretBox(await readSecretKeys(folder)).seal('second', 'a')
  await rotateSecretKey(folder)
  const keys = await readSecretKeys(folder)
  const box = new SecretBox(keys)
  expect(keys).toHaveLength(3)
  expect([box.open(first, 'a'), box.open(second, 'a')]).toEqual(['first', 'second'])
  expect([first, second, box.seal('third', 'a')].map((sealed) => box.isSealedNow(sealed))).toEqual([
    ...[false, false, true],
  ])
  for (const name of await readdir(folder))
    expect((await stat(join(folder, name))).mode & 0o777, name).toBe(0o600)
  await removeFormerKeys(folder)
  expect(await readSecretKeys(folder)).toEqual([keys[0]])
  expect(() => new SecretBox([keys[0] as Buffer]).open(first, 'a')).toThrow('sealed with the key')
  await rm(folder, { recursive: true })
})
