import { describe, expect, test } from 'vitest'
import { identifierForms, isAskedFor, prefixForms } from './identifier-forms.ts'

describe('what a text stands for', () => {
  test('a telephone number stands for its one form, however it is written', () => {
    for (const text of [
      '06 12 34 56 78',
      '+33 6 12 34 56 78',
      '0033.6.12.34.56.78',
      '33612345678',
      '+33 (0)6-12-34-56-78',
    ])
      expect(identifierForms('phone', text, 'FR'), text).toEqual(['+33612345678'])
    expect(identifierForms('phone', '+1 212 555 0100', 'FR')).toEqual(['+12125550100'])
    expect(identifierForms('phone', 'call me', 'FR')).toEqual([])
  })

  test('a number without plus sign stands for the one with it too, where no country says which it is', () => {
    expect(identifierForms('phone', '33 612345678', null)).toEqual(['33612345678', '+33612345678'])
    expect(identifierForms('phone', '06 12 34 56 78', null)).toEqual(['0612345678'])
  })

  test('other values are normalised as when they were collected', () => {
    expect(identifierForms('email', ' Ann@Example.COM ', null)).toEqual(['ann@example.com'])
    expect(identifierForms('email', 'mailto:ann@example.com\u200b', null)).toEqual(['ann@example.com'])
    expect(identifierForms('email', 'ann', null)).toEqual([])
    expect(identifierForms('user_id', ' Ann ', null)).toEqual(['Ann'])
    expect(identifierForms('user_id', 'A\u2060nn', null)).toEqual(['Ann'])
    expect(identifierForms('user_id', 'a\u0000', null)).toEqual([])
    expect(identifierForms('user_id', '  ', null)).toEqual([])
  })

  test('an unfinished text is a beginning', () => {
    expect(prefixForms('email', 'Ann@', null)).toEqual(['ann@'])
    expect(prefixForms('ios.idfa', 'ABC', null)).toEqual(['abc'])
    expect(prefixForms('loyalty_card', 'C-', null)).toEqual(['C-'])
    expect(prefixForms('phone', '06 1', 'FR')).toEqual(expect.arrayContaining(['061', '+3361']))
    expect(prefixForms('phone', 'ann', 'FR')).toEqual([])
    expect(prefixForms('user_id', '', null)).toEqual([])
    expect(prefixForms('user_id', '\u200b', null)).toEqual([])
  })
})

test('an identifier is asked for by its value, or by namespace and value', () => {
  const email = { namespace: 'email', value: 'ann@example.com' }
  for (const text of [
    'ann@example.com',
    'ANN@example.com',
    'email:ann@example.com',
    'email: Ann@example.com',
  ])
    expect(isAskedFor(text, email, null), text).toBe(true)
  for (const text of ['ann', 'user_id:ann@example.com', 'ben@example.com', ':ann@example.com', ''])
    expect(isAskedFor(text, email, null), text).toBe(false)
  expect(isAskedFor('a:b', { namespace: 'user_id', value: 'a:b' }, null)).toBe(true)
  expect(isAskedFor('06 12 34 56 78', { namespace: 'phone', value: '+33612345678' }, 'FR')).toBe(true)
})
