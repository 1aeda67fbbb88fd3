import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

/** Sends two visitors who carry the same user id, and says whether they are two people. */
async function staysTwo(userId: string, mark: string): Promise<boolean> {
  const after = await server.sendAll([
    { type: 'identify', anonymousId: `${mark}-a`, userId, traits: { k: 1 } },
    { type: 'identify', anonymousId: `${mark}-b`, userId, traits: { k: 2 } },
  ])
  const a = await server.profile('anonymous_id', `${mark}-a`, { after })
  const b = await server.profile('anonymous_id', `${mark}-b`)
  expect(a).toBeDefined()
  return a?.id !== b?.id
}

test('two visitors with the same unfilled template or a value made text stay two, and the source is warned', async () => {
  const before = (await server.warnings()).get('suspicious_id') ?? 0
  const ids = [
    ...[
      '{{user.id}}',
      ['$', '{userId}'].join(''),
      '%USER_ID%',
      '{user_id}',
      '<userId>',
      'YOUR_USER_ID',
      '%%user_id%%',
    ],
    ...[
      'undefined undefined',
      '"undefined"',
      '[object Null]',
      '[object Promise]',
      'function () { [native code] }',
    ],
    ...['undefined-undefined', '#N/A', 'Infinity', '11111111-1111-1111-1111-111111111111'],
  ]
  const merged: string[] = []
  for (const [index, id] of ids.entries()) if (!(await staysTwo(id, `p${index}`))) merged.push(id)
  expect(merged).toEqual([])
  await server.settle()
  expect(((await server.warnings()).get('suspicious_id') ?? 0) - before).toBe(2 * ids.length)
})

test('two visitors with an id in braces that is a real one are one person', async () => {
  expect(await staysTwo('{3F2504E0-4F89-11D3-9A0C-0305E82C3301}', 'real')).toBe(false)
})

test('an e-mail or user id that was pasted with an invisible character is the same one, and a search finds it however it is typed', async () => {
  const after = await server.sendAll([
    { type: 'identify', userId: 'pasted', traits: { email: 'nadia@exemple.example' } },
    { type: 'identify', anonymousId: 'pasted-a', traits: { email: 'nadia@exemple.example\u200b' } },
    { type: 'identify', anonymousId: 'pasted-b', traits: { email: "'Nadia@exemple.example." } },
    { type: 'identify', anonymousId: 'pasted-c', traits: { email: 'mailto:nadia@exemple.example' } },
    { type: 'track', event: 'Seen', userId: 'pas\u2060ted', anonymousId: 'pasted-d' },
  ])
  const one = await server.profile('user_id', 'pasted', { after })
  for (const visitor of ['a', 'b', 'c', 'd'])
    expect((await server.profile('anonymous_id', `pasted-${visitor}`))?.id).toBe(one?.id)
  expect(one?.identifiers.filter(({ namespace }) => namespace === 'email').map(({ value }) => value)).toEqual(
    ['nadia@exemple.example'],
  )
  for (const typed of [
    'nadia@exemple.example\u200e',
    '<Nadia@exemple.example>',
    'email:nadia@exemple.example.',
  ]) {
    const { json } = await server.read(`/v1/profiles?search=${encodeURIComponent(typed)}`)
    expect(json['profiles']).toMatchObject([{ id: one?.id }])
  }
})

test("the buyer's e-mail of an order event is an identifier, whatever the order event is called", async () => {
  const names = [
    ...[
      'order_completed',
      'OrderCompleted',
      'orderCompleted',
      'ORDER_COMPLETED',
      'cart_updated',
      'checkout_started',
    ],
    ...['purchase', 'orders/create', 'Completed Order', 'Product Purchased', 'Order Completed'],
  ]
  const after = await server.sendAll([
    ...names.map((event, index) => ({
      type: 'track',
      ...{ event, anonymousId: `buyer-${index}`, properties: { email: `buyer-${index}@exemple.example` } },
    })),
    {
      type: 'track',
      event: 'Article Read',
      anonymousId: 'reader',
      properties: { email: 'author@exemple.example' },
    },
  ])
  for (const index of names.keys()) {
    const buyer = await server.profile('email', `buyer-${index}@exemple.example`, { after })
    expect([names[index], buyer?.id]).toEqual([
      names[index],
      (await server.profile('anonymous_id', `buyer-${index}`))?.id,
    ])
  }
  expect(await server.profile('email', 'author@exemple.example')).toBeUndefined()
})

test('a telephone number is the number that it is, however it is spelled; without a country a national one stays as written', async () => {
  const after = await server.sendAll([
    { type: 'identify', userId: 'caller', traits: { phone: '+33 (0)6 55 12 34 56' } },
    { type: 'identify', userId: 'sheet', traits: { phone: '33755123456.0' } },
    { type: 'identify', userId: 'national', traits: { phone: '06.11.22.33.44' } },
  ])
  const phones = async (user: string) =>
    (await server.profile('user_id', user, { after }))?.identifiers
      .filter(({ namespace }) => namespace === 'phone')
      .map(({ value }) => value)
  expect(await phones('caller')).toEqual(['+33655123456'])
  expect(await phones('sheet')).toEqual(['33755123456'])
  expect(await phones('national')).toEqual(['0611223344'])
  expect((await server.profile('phone', '0033 6 55 12 34 56'))?.id).toBe(
    (await server.profile('user_id', 'caller'))?.id,
  )
})
