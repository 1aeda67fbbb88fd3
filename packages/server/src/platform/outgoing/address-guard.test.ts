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

function at(host: string, port = 80) {
  return { host, port }
}

function guard(networks: readonly string[] = []): AddressGuard {
  return new AddressGuard(networks, async (host) => {
    const addresses = NAMES[host]
    if (addresses === undefined) throw Object.assign(new Error('not known'), { code: 'ENOTFOUND' })
    return addresses
  })
}

test.each(FORBIDDEN_URLS)('%s is refused', async (url) => {
  await expect(guard().checkUrl(url, 1)).rejects.toThrow(UrlNotAllowed)
})

test.each([
  'http://inner.example/',
  'https://mixed.example/',
  'http://127.0.0.1.nip.io/',
  'http://office.example/',
])('the name in %s stands for an inner address and is refused', async (url) => {
  await expect(guard().checkUrl(url, 1)).rejects.toThrow(UrlNotAllowed)
})

test.each([
  'https://public.example/hook',
  'http://93.184.216.34/hook',
  'https://[2606:2800:220:1:248:1893:25c8:1946]/',
  'https://public.example:8443/x?y=1#z',
])('%s is public', async (url) => {
  expect((await guard().checkUrl(url, 1)).href).toBe(new URL(url).href)
})

test('a name that nobody knows may be saved; whoever dials asks again', async () => {
  await expect(guard().checkUrl('https://not-yet.example/hook', 1)).resolves.toBeDefined()
  await expect(guard().resolve(at('not-yet.example'), 1)).rejects.toThrow('not known')
})

test('a name that changes between two looks is refused at the second', async () => {
  let looks = 0
  const rebinding = new AddressGuard([], async () => (looks++ === 0 ? ['93.184.216.34'] : ['127.0.0.1']))
  await expect(rebinding.checkUrl('http://rebind.example/', 1)).resolves.toBeDefined()
  await expect(rebinding.resolve(at('rebind.example'), 1)).rejects.toThrow(UrlNotAllowed)
})

test('an uncommon port is for listed networks only, also when a name leads there', async () => {
  const listed = guard(['10.0.0.0/8'])
  expect(await listed.resolve(at('office.example', 9999), 1)).toEqual(['10.1.2.3'])
  expect(await listed.resolve(at('public.example'), 1)).toEqual(NAMES['public.example'])
  await expect(listed.resolve(at('public.example', 25), 1)).rejects.toThrow(UrlNotAllowed)
})

test('an operator lists inner networks: those and no others, at any port', async () => {
  const listed = guard(['10.0.0.0/8', '127.0.0.0/8'])
  await expect(listed.checkUrl('http://10.1.2.3:9999/hook', 1)).resolves.toBeDefined()
  await expect(listed.checkUrl('http://office.example:9999/hook', 1)).resolves.toBeDefined()
  await expect(listed.checkUrl('http://127.0.0.1:5432/hook', 1)).resolves.toBeDefined()
  await expect(listed.checkUrl('http://192.168.1.1/hook', 1)).rejects.toThrow(UrlNotAllowed)
  await expect(listed.checkUrl('http://[::1]/hook', 1)).rejects.toThrow(UrlNotAllowed)
  await expect(listed.checkUrl('http://169.254.169.254/hook', 1)).rejects.toThrow(UrlNotAllowed)
  // of a name with several addresses only listed ones are dialled
  expect(
    await new AddressGuard(['127.0.0.0/8'], async () => ['::1', '127.0.0.1']).resolve(at('localhost'), 1),
  ).toEqual(['127.0.0.1'])
})

test('an operator lists a host with its port: that one, and no other port or host', async () => {
  const listed = guard(['10.0.0.0/8:9000', '127.0.0.1:8080', '[fd00::/8]:443', 'crm.internal:8443'])
  await expect(listed.checkUrl('http://10.1.2.3:9000/', 1)).resolves.toBeDefined()
  await expect(listed.checkUrl('http://office.example:9000/', 1)).resolves.toBeDefined()
  await expect(listed.checkUrl('http://127.0.0.1:8080/', 1)).resolves.toBeDefined()
  await expect(listed.checkUrl('https://[fd00::1]/', 1)).resolves.toBeDefined()
  for (const url of [
    'http://10.1.2.3/',
    'http://office.example/',
    'http://127.0.0.1/',
    'http://127.0.0.2:8080/',
    'http://localhost:9000/',
    'http://[fd00::1]/',
    'https://crm.internal/',
    'https://other.internal:8443/',
  ])
    await expect(listed.checkUrl(url, 1), url).rejects.toThrow(UrlNotAllowed)
  const inner = new AddressGuard(['crm.internal:8443'], async () => ['10.9.9.9'])
  expect(await inner.resolve(at('crm.internal', 8443), 1)).toEqual(['10.9.9.9'])
  expect(inner.allows('10.9.9.9', at('crm.internal', 8443))).toBe(true)
  expect(inner.allows('10.9.9.9', at('other.example', 8443))).toBe(false)
})

test('what an inner name stands for stays unsaid', async () => {
  const rejection = await guard()
    .checkUrl('http://office.example/', 1)
    .catch((error: Error) => error.message)
  expect(rejection).toContain('"office.example" is no public address.')
  expect(rejection).not.toContain('10.1.2.3')
})

test('what every reader of URLs reads in another way is no URL', async () => {
  for (const url of ['https:example.com', 'https:/example.com', 'https:///example.com', 'http:127.0.0.1'])
    await expect(guard().checkUrl(url, 1), url).rejects.toThrow('This is no URL')
})
