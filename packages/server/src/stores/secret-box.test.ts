import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSecretKey, SecretBox } from './secret-box.ts'

test('what is sealed opens for its owner and this key only, and not when a bit has changed', () => {
  const box = new SecretBox(new Uint8Array(32).fill(1))
  const sealed = box.seal({ secret: 'whsec_x' }, 'a')
  expect(sealed.toString('latin1')).not.toContain('whsec_x')
  expect(box.open(sealed, 'a')).toEqual({ secret: 'whsec_x' })
  expect(() => box.open(sealed, 'b')).toThrow()
  expect(() => new SecretBox(new Uint8Array(32).fill(2)).open(sealed, 'a')).toThrow()
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
  const keys = await Promise.all([readSecretKey(folder), readSecretKey(folder), readSecretKey(folder)])
  expect(keys[0]).toHaveLength(32)
  for (const key of [...keys, await readSecretKey(folder)]) expect(key.equals(keys[0] as Buffer)).toBe(true)
  expect((await stat(join(folder, 'secret.key'))).mode & 0o777).toBe(0o600)
  await rm(folder, { recursive: true })
})
