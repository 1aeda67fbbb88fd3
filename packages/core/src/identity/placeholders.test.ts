import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isPlaceholder } from './placeholders.ts'

/** What a template of JavaScript or a shell would have filled. */
const dollar = (name: string) => ['$', '{', name, '}'].join('')

const TEMPLATES = [
  ...[
    '{{user.id}}',
    '{{ user.id }}',
    'user-{{id}}',
    dollar('userId'),
    dollar('user.id'),
    `shop-${dollar('id')}`,
    '#{user.id}',
  ],
  ...['%USER_ID%', '%%user_id%%', '{user_id}', '{userId}', '{user-id}', '{}', '{0}', '<userId>', '<user id>'],
  ...['<%= user.id %>', '<?php echo $id ?>', '[user_id]', '[[user.id]]', '*|EMAIL|*', '__USER_ID__', '%s'],
  ...['$userId', ':user_id', '@userId', '«userId»', '{% user_id %}'],
]
const INSTRUCTIONS = [
  ...[
    'YOUR_USER_ID',
    'your-user-id',
    'YourUserId',
    '<YOUR_USER_ID>',
    'YOUR_SEGMENT_ANONYMOUS_ID',
    'your_email',
  ],
  ...['INSERT_USER_ID_HERE', 'replace_me', 'CHANGEME', 'userId', 'user_id', 'USER-ID', 'customer id'],
  ...['anonymousId', 'anonymous_id', 'visitorId'],
]
const MADE_TEXT = [
  ...[
    'undefined',
    'undefined undefined',
    'undefined-undefined',
    '"undefined"',
    "'null'",
    'null null',
    'null_null',
  ],
  ...[
    'user_undefined',
    'undefined.id',
    '[object Object]',
    '[object Null]',
    '[object Promise]',
    'user-[object Object]',
  ],
  ...[
    'function () { [native code] }',
    'function(){return 1}',
    '() => id',
    'async function f() {}',
    'class User {}',
  ],
  ...[
    '#N/A',
    '#REF!',
    '#VALUE!',
    '#NAME?',
    '#DIV/0!',
    '####',
    'Infinity',
    '-Infinity',
    'NaN',
    'Invalid Date',
  ],
  ...['<null>', '(not set)', '[null]', '(none)', '\\N', '<__main__.User object at 0x7f3a>', '[]', '""'],
]
const NOBODY = [
  ...['', '0', '000', '-1', '00000000-0000-0000-0000-000000000000', '11111111-1111-1111-1111-111111111111'],
  ...[
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '{00000000-0000-0000-0000-000000000000}',
    '99999999',
    'xxx',
    'XXXXXX',
  ],
  ...['anonymous', 'guest', 'Guest User', 'anonymous_user', 'unknown-user', 'n/a', 'none', 'test', 'nobody'],
  ...['test@test.com', 'null@null.com', 'none@none.com', 'test@example.com', 'undefined@undefined.undefined'],
  ...['noreply@shop.example', 'no-reply@shop.example', 'mailer-daemon@mx.example', '02:00:00:00:00:00'],
  '550e8400-e29b-41d4-a716-446655440000',
]

test('templates, instructions, values made text and nobodies are placeholders', () => {
  const missed = [...TEMPLATES, ...INSTRUCTIONS, ...MADE_TEXT, ...NOBODY].filter(
    (value) => !isPlaceholder(value),
  )
  expect(missed).toEqual([])
})

test('white space around a placeholder, and its case, make no difference', () => {
  for (const value of [...TEMPLATES, ...INSTRUCTIONS, ...MADE_TEXT]) {
    expect([value, isPlaceholder(` ${value}\t`)]).toEqual([value, true])
    if (value !== 'YourUserId') expect([value, isPlaceholder(value.toUpperCase())]).toEqual([value, true])
  }
})

/** Ids as products give them, and names and numbers that look a little like a placeholder. */
const GOOD = [
  ...[
    '1',
    '7',
    '11',
    '22',
    '111',
    '1111',
    '1000',
    '100000',
    '1000000',
    '10',
    '20240101',
    '1234567',
    'a',
    'u1',
  ],
  ...[
    'f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
    '3F2504E0-4F89-11D3-9A0C-0305E82C3301',
    '00000000-0000-0000-0000-00000000002a',
  ],
  ...[
    '{3F2504E0-4F89-11D3-9A0C-0305E82C3301}',
    '{ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCDEFAB}',
    '{abcdef0123456789}',
  ],
  ...[
    '507f1f77bcf86cd799439011',
    '507f191e810c19729de860ea',
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    'ckopqwooh000001la8mbi2im9',
  ],
  ...[
    'V1StGXR8_Z5jdHi6B-myT',
    'cus_NffrFeUfNV2Hib',
    'usr_2aXk',
    'auth0|507f1f77bcf86cd799439020',
    'google-oauth2|103547991597142817347',
  ],
  ...[
    'gid://shopify/Customer/544365967',
    'urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66',
    'arn:aws:iam::123456789012:user/ada',
  ],
  ...[
    '1:9782f4d1:ios:f1',
    '1616161616',
    '1010101010',
    'GA1.2.1033501218.1368477899',
    'amp-9Gr7',
    'mc_06x09sq',
  ],
  ...[
    'ada',
    'Ada Lovelace',
    'null-island',
    'Jennifer Null',
    'christopher.null',
    'anna-none',
    'nanette',
    'Nannan',
    'guestave',
  ],
  ...[
    'testa',
    'tester',
    'mytest',
    'test-7',
    'testuser7',
    'user-1',
    'user_1',
    'user1',
    'id-9',
    'customer-4711',
    'guest-4821',
  ],
  ...[
    'anonymous-4821',
    'unknown-pleasures',
    'undefined-7f3a9',
    'True North',
    'falsetto',
    'Idris',
    'Emaille',
    'Userin',
    'yourself',
    'your-majesty',
  ],
  ...[
    'ada@example.com',
    'user@example.com',
    'guest@shop.example',
    'test.user@shop.example',
    'nan@shop.example',
    'null@shop.example',
  ],
  ...[
    'no.reply.needed@shop.example',
    "o'brien@shop.example",
    'a+b@shop.example',
    'contact@contact.example',
    'id@shop.example',
  ],
  ...[
    '+33612345678',
    '0612345678',
    '+14155552671',
    '0145454545',
    '+33777777776',
    'a%40b.example',
    '100%',
    '%41%42',
    'a<b',
    '1 < 2',
    'x>y',
  ],
  ...[
    '<3',
    'a{b}c',
    'C#',
    '#42',
    'A#1',
    '$ada',
    '$1',
    'xX_ada_Xx',
    'x',
    'xx',
    'o(o',
    '(ada)',
    '"ada"',
    '[clan] ada',
  ],
  ...[
    '__ada',
    'ada__',
    'p@ss',
    'class-of-99',
    'functional',
    'func',
    'object',
    'Invalid-Dates',
    'e\u0301a',
    '王小明',
    'Ωμέγα',
    '🙂',
    '👩‍👩‍👧',
  ],
]

test('ids that people and products really have are no placeholders', () => {
  expect(GOOD.filter(isPlaceholder)).toEqual([])
})

test('UUIDs, numbers and hashes are no placeholders, in braces neither', () => {
  const uuid = fc.uuid({ version: [1, 4, 7] })
  const number = fc.integer({ min: 1, max: 11_111_110 }).map(String)
  const hash = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 12, maxLength: 40 })
  fc.assert(
    fc.property(
      fc.oneof(
        uuid,
        number,
        hash.filter((text) => new Set(text).size > 4),
      ),
      (id) => {
        expect(isPlaceholder(id)).toBe(false)
        expect(isPlaceholder(id.toUpperCase())).toBe(false)
        if (/\d/.test(id) && id.length > 11) expect(isPlaceholder(`{${id}}`)).toBe(false)
      },
    ),
  )
})

test('any name between the marks of a template is a placeholder', () => {
  const name = fc.stringMatching(/^[a-z][a-z_.]{0,20}[a-z]$/)
  const marks = fc.constantFrom(
    ['{{', '}}'],
    [dollar('').slice(0, 2), '}'],
    ['{', '}'],
    ['%', '%'],
    ['%%', '%%'],
    ['<', '>'],
    ['[', ']'],
  )
  fc.assert(
    fc.property(name, marks, (text, [open, close]) => {
      expect(isPlaceholder(`${open}${text}${close}`)).toBe(true)
    }),
  )
})

test('texts that begin like a placeholder again and again are judged at once', () => {
  for (const piece of [
    'user ',
    'null.',
    '{',
    '{{',
    '(',
    'your_',
    '0-',
    'function (',
    '"',
    '[object ',
    '%%',
    '__',
    'not set ',
  ]) {
    const text = `${piece.repeat(250)}!`.slice(0, 250)
    for (let times = 0; times < 1_000; times++) isPlaceholder(text)
  }
})
