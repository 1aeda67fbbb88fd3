import { describe, expect, test } from 'vitest'
import { identifierForms, isAskedFor, prefixForms } from './identifier-forms.ts'

describe('what a text stands for', () => {
  test('a telephone number stands for its national and international forms', () => {
    const forms = ['+33612345678', '33612345678', '0612345678']
    for (const text of [
      '06 12 34 56 78',
      '+33 6 12 34 56 78',
      '0033.6.12.34.56.78',
      '33612345678',
      '+33 (0)6-12-34-56-78',
    ])
      expect(identifierForms('phone', text), text).toEqual(expect.arrayContaining(forms))
    expect(identifierForms('phone', '+1 212 555 0100')).toEqual(['+12125550100', '12125550100'])
    expect(identifierForms('phone', 'call me')).toEqual([])
  })

  test('other values are normalised as when they were collected', () => {
    expect(identifierForms('email', ' Ann@Example.COM ')).toEqual(['ann@example.com'])
    expect(identifierForms('email', 'ann')).toEqual([])
    expect(identifierForms('user_id', ' Ann ')).toEqual(['Ann'])
    expect(identifierForms('user_id', 'a\u0000')).toEqual([])
    expect(identifierForms('user_id', '  ')).toEqual([])
  })

  test('an unfinished text is a beginning', () => {
    expect(prefixForms('email', 'Ann@')).toEqual(['ann@'])
    expect(prefixForms('ios.idfa', 'ABC')).toEqual(['abc'])
    expect(prefixForms('loyalty_card', 'C-')).toEqual(['C-'])
    expect(prefixForms('phone', '06 1')).toEqual(expect.arrayContaining(['061', '+3361', '3361']))
    expect(prefixForms('phone', 'ann')).toEqual([])
    expect(prefixForms('user_id', '')).toEqual([])
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
    expect(isAskedFor(text, email), text).toBe(true)
  for (const text of ['ann', 'user_id:ann@example.com', 'ben@example.com', ':ann@example.com', ''])
    expect(isAskedFor(text, email), text).toBe(false)
  expect(isAskedFor('a:b', { namespace: 'user_id', value: 'a:b' })).toBe(true)
  expect(isAskedFor('06 12 34 56 78', { namespace: 'phone', value: '+33612345678' })).toBe(true)
})
