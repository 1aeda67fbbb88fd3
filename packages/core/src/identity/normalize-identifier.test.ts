import fc from 'fast-check'
import { expect, test } from 'vitest'
import { normalizeIdentifier } from './normalize-identifier.ts'

const INVISIBLE = [
  ...[
    '\u200b',
    '\u200c',
    '\u200d',
    '\u200e',
    '\u200f',
    '\u2060',
    '\u2061',
    '\u00ad',
    '\ufeff',
    '\u202a',
    '\u202e',
    '\u2066',
    '\u2069',
  ],
  ...[
    '\u061c',
    '\u180e',
    '\ufe0f',
    '\ufe00',
    '\u034f',
    '\u115f',
    '\u3164',
    '\uffa0',
    '\u{e0001}',
    '\u{e0100}',
    '\ufff9',
  ],
]

test('what nobody sees is no difference, wherever it stands, in whichever namespace', () => {
  const place = fc.nat({ max: 20 })
  const values = fc.constantFrom(
    ['email', 'nadia@exemple.fr'],
    ['user_id', 'user-4711'],
    ['crm_a', 'C 12/4'],
    ['phone', '+33655123456'],
    ['anonymous_id', 'Zoé'],
  )
  fc.assert(
    fc.property(values, fc.constantFrom(...INVISIBLE), place, ([namespace = '', value = ''], mark, at) => {
      const pasted = value.slice(0, at) + mark + value.slice(at)
      expect(normalizeIdentifier(namespace, pasted, null)).toBe(value)
    }),
  )
})

test('nothing but what nobody sees is no identifier', () => {
  for (const text of ['\u200b', ' \u2060 ', '\ufeff\u200d', ''])
    expect(normalizeIdentifier('user_id', text, null)).toBeUndefined()
})

test('what stands around an e-mail is no part of it', () => {
  const spellings = [
    ...[
      'nadia@exemple.fr',
      'Nadia@Exemple.FR',
      ' nadia@exemple.fr ',
      'nadia@exemple.fr.',
      'nadia@exemple.fr,',
      "'nadia@exemple.fr",
    ],
    ...[
      '"nadia@exemple.fr"',
      "'nadia@exemple.fr'",
      '<nadia@exemple.fr>',
      'mailto:nadia@exemple.fr',
      'MAILTO:nadia@exemple.fr?subject=Bonjour',
    ],
    ...[
      'Nadia Martin <nadia@exemple.fr>',
      '"Martin, Nadia" <nadia@exemple.fr>',
      '(nadia@exemple.fr)',
      '«nadia@exemple.fr»',
      '<mailto:nadia@exemple.fr>',
    ],
    ...[
      'nadia@exemple.fr;',
      '\u201cnadia@exemple.fr\u201d',
      '\u200bnadia@exemple.fr\u200b',
      'nadia@exemple.fr\u00a0',
    ],
  ]
  expect(spellings.filter((text) => normalizeIdentifier('email', text, null) !== 'nadia@exemple.fr')).toEqual(
    [],
  )
})

test('what is no e-mail, or two of them, is none', () => {
  for (const text of [
    'nadia',
    'nadia@',
    '@exemple.fr',
    'nadia@exemple',
    'a@b.fr, c@d.fr',
    'a@b.fr c@d.fr',
    'a@@b.fr',
    '<>',
    'mailto:',
  ])
    expect([text, normalizeIdentifier('email', text, null)]).toEqual([text, undefined])
  expect(normalizeIdentifier('email', "o'brien@exemple.fr", null)).toBe("o'brien@exemple.fr")
})

test('emoji that are held together stay so, and differ from the same side by side', () => {
  const family = '\u{1f469}\u200d\u{1f469}\u200d\u{1f467}'
  const scotland = '\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}'
  expect(normalizeIdentifier('user_id', family, null)).toBe(family)
  expect(normalizeIdentifier('user_id', '\u{1f469}\u{1f469}\u{1f467}', null)).not.toBe(family)
  expect(normalizeIdentifier('user_id', '\u{1f469}\u{1f3fd}\u200d\u{1f4bb}', null)).toBe(
    '\u{1f469}\u{1f3fd}\u200d\u{1f4bb}',
  )
  expect(normalizeIdentifier('user_id', scotland, null)).toBe(scotland)
  expect(normalizeIdentifier('user_id', '\u2764\ufe0f', null)).toBe('\u2764')
  expect(normalizeIdentifier('user_id', `a\u200d${family}\u200d`, null)).toBe(`a${family}`)
})

test('a form is its own form', () => {
  const namespace = fc.constantFrom('email', 'user_id', 'phone', 'ios.idfa', 'anonymous_id')
  const piece = fc.oneof(
    fc.constantFrom(...INVISIBLE, '<', '>', "'", '.', ' ', '@', 'a', 'É', 'e\u0301', '\u{1f469}'),
    fc.string({ maxLength: 6 }),
  )
  fc.assert(
    fc.property(namespace, fc.array(piece, { maxLength: 12 }), (of, pieces) => {
      const form = normalizeIdentifier(of, pieces.join(''), 'FR')
      if (form !== undefined) expect(normalizeIdentifier(of, form, 'FR')).toBe(form)
    }),
    { numRuns: 1_000 },
  )
})
