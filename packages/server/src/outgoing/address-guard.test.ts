import { expect, test } from 'vitest'
import { AddressGuard, UrlNotAllowed } from './address-guard.ts'
import { FORBIDDEN_URLS } from './testing/forbidden-urls.ts'

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'public.example': ['93.184.216.34', '2606:2800:220:1:248:1893:25c8:1946'],
  'inner.example': ['127.0.0.1'],
  'mixed.example': ['93.184.216.34', '::1'],
  '127.0.0.1.nip.io': ['127.0.0.1'],
  'office.example': ['10.1.2.3'],
}

function guard(networks: readonly string[] = []): AddressGuard {
  return new AddressGuard(networks, async (host) => {
    const addresses = NAMES[host]
    if (addresses === undefined) throw Object.assign(new Error('not known'), { code: 'ENOTFOUND' })
    return addresses
  })
}

test.each(FORBIDDEN_URLS)('%s is refused', async (url) => {
  await expect(guard().checkUrl(url)).rejects.toThrow(UrlNotAllowed)
})

test.each([
  'http://inner.example/',
  'https://mixed.example/',
  'http://127.0.0.1.nip.io/',
  'http://office.example/',
])('the name in %s stands for an inner address and is refused', async (url) => {
  await expect(guard().checkUrl(url)).rejects.toThrow(UrlNotAllowed)
})

test.each([
  'https://public.example/hook',
  'http://93.184.216.34/hook',
  'https://[2606:2800:220:1:248:1893:25c8:1946]/',
  'https://public.example:8443/x?y=1#z',
])('%s is public', async (url) => {
  expect((await guard().checkUrl(url)).href).toBe(new URL(url).href)
})

test('a name that nobody knows may be saved; whoever dials asks again', async () => {
  await expect(guard().checkUrl('https://not-yet.example/hook')).resolves.toBeDefined()
  await expect(guard().resolve('not-yet.example')).rejects.toThrow('not known')
})

test('a name that changes between two looks is refused at the second', async () => {
  let looks = 0
  const rebinding = new AddressGuard([], async () => (looks++ === 0 ? ['93.184.216.34'] : ['127.0.0.1']))
  await expect(rebinding.checkUrl('http://rebind.example/')).resolves.toBeDefined()
  await expect(rebinding.resolve('rebind.example')).rejects.toThrow(UrlNotAllowed)
})

test('an uncommon port is for listed networks only, also when a name leads there', async () => {
  const listed = guard(['10.0.0.0/8'])
  expect(listed.atPort(await listed.resolve('office.example'), '9999')).toEqual(['10.1.2.3'])
  const addresses = await listed.resolve('public.example')
  expect(listed.atPort(addresses, '')).toEqual(addresses)
  expect(() => listed.atPort(addresses, '25')).toThrow(UrlNotAllowed)
})

test('an operator lists inner networks: those and no others, at any port', async () => {
  const listed = guard(['10.0.0.0/8', '127.0.0.0/8'])
  await expect(listed.checkUrl('http://10.1.2.3:9999/hook')).resolves.toBeDefined()
  await expect(listed.checkUrl('http://office.example:9999/hook')).resolves.toBeDefined()
  await expect(listed.checkUrl('http://127.0.0.1:5432/hook')).resolves.toBeDefined()
  await expect(listed.checkUrl('http://192.168.1.1/hook')).rejects.toThrow(UrlNotAllowed)
  await expect(listed.checkUrl('http://[::1]/hook')).rejects.toThrow(UrlNotAllowed)
  await expect(listed.checkUrl('http://169.254.169.254/hook')).rejects.toThrow(UrlNotAllowed)
  // of a name with several addresses only listed ones are dialled
  expect(
    await new AddressGuard(['127.0.0.0/8'], async () => ['::1', '127.0.0.1']).resolve('localhost'),
  ).toEqual(['127.0.0.1'])
})
