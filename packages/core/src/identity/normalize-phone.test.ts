import fc from 'fast-check'
import { getCountries, getExampleNumber } from 'libphonenumber-js/min'
import examples from 'libphonenumber-js/mobile/examples'
import { expect, test } from 'vitest'
import { normalizePhone, phoneBeginnings } from './normalize-phone.ts'

const MOBILE = '+33655123456'

test("all spellings of a number of the workspace's country are one number", () => {
  const spellings = [
    ...['+33655123456', '+33 6 55 12 34 56', '+33 (0)6 55 12 34 56', '+33(0)655123456', '+330655123456'],
    ...[
      '0033655123456',
      '00 33 6 55 12 34 56',
      '0033 (0)6 55 12 34 56',
      '33655123456',
      '33655123456.0',
      '33655123456,00',
    ],
    ...[
      '0655123456',
      '06 55 12 34 56',
      '06.55.12.34.56',
      '06-55-12-34-56',
      '06/55/12/34/56',
      '(06) 55 12 34 56',
      '655123456',
    ],
    ...[
      '06\u00a055\u202f12\u00a034\u00a056',
      '06‑55‑12‑34‑56',
      '(+33) 6 55 12 34 56',
      "'+33655123456",
      "'0655123456",
      'tel:+33655123456',
    ],
    ...[
      'tel:+33-6-55-12-34-56',
      '+33.6.55.12.34.56',
      '０６５５１２３４５６',
      '٠٦٥٥١٢٣٤٥٦',
      ' 0655123456 ',
      '06 55 12 34 56.',
      'p:+33655123456',
    ],
  ]
  const wrong = spellings.filter((spelling) => normalizePhone(spelling, 'FR') !== MOBILE)
  expect(wrong).toEqual([])
})

test('without a country only what is certain is completed', () => {
  expect(normalizePhone('+33 (0)6 55 12 34 56', null)).toBe(MOBILE)
  expect(normalizePhone('0033 6 55 12 34 56', null)).toBe(MOBILE)
  expect(normalizePhone('06 55 12 34 56', null)).toBe('0655123456')
  expect(normalizePhone('33655123456.0', null)).toBe('33655123456')
})

test('numbers of other countries keep theirs', () => {
  expect(normalizePhone('+49 1512 3456789', 'FR')).toBe('+4915123456789')
  expect(normalizePhone('4915123456789', 'FR')).toBe('+4915123456789')
  expect(normalizePhone('+39 06 6982', 'FR')).toBe('+39066982')
  expect(normalizePhone('(415) 555-2671', 'US')).toBe('+14155552671')
  expect(normalizePhone('1-415-555-2671', 'US')).toBe('+14155552671')
  expect(normalizePhone('011 33 6 55 12 34 56', 'US')).toBe(MOBILE)
  expect(normalizePhone('0033655123456', 'US')).toBe(MOBILE)
  expect(normalizePhone('079 123 45 67', 'CH')).toBe('+41791234567')
})

test('what is no number, or more than one, is none', () => {
  for (const text of [
    '',
    'abc',
    '+',
    '12345',
    '1-800-FLOWERS',
    '06 55 12 34 56 ext. 7',
    '0655123456 ou 0145454545',
  ]) {
    expect([text, normalizePhone(text, 'FR')]).toEqual([text, undefined])
  }
  expect(normalizePhone('3.3655123456E10', 'FR')).toBeUndefined()
  expect(normalizePhone('06 55 12 34 56 / 01 45 45 45 45', 'FR')).toBeUndefined()
})

test('a number that no country gives is kept as it is written', () => {
  expect(normalizePhone('1234567', 'FR')).toBe('1234567')
  expect(normalizePhone('+999123456789', 'FR')).toBe('+999123456789')
})

test('the form of a number is that of the form: in every country, however it is spelled', () => {
  const country = fc.constantFrom(...getCountries())
  const style = fc.constantFrom('international', 'national', 'e164', 'doubleZero', 'noPlus')
  fc.assert(
    fc.property(country, country, style, (own, home, how) => {
      const example = getExampleNumber(own, examples)
      if (example === undefined) return
      const written = {
        international: example.formatInternational(),
        national: example.formatNational(),
        e164: example.number,
        doubleZero: `00${example.number.slice(1)}`,
        noPlus: example.number.slice(1),
      }[how]
      const form = normalizePhone(written, home)
      if (own === home || how === 'international' || how === 'e164') expect(form).toBe(example.number)
      if (form !== undefined) expect(normalizePhone(form, home)).toBe(form)
      const asItIs = normalizePhone(written, null)
      if (asItIs !== undefined) expect(normalizePhone(asItIs, null)).toBe(asItIs)
    }),
  )
})

test('the form of any digits is that of the form', () => {
  const text = fc.stringMatching(/^\+?[0-9 ().-]{5,18}$/)
  fc.assert(
    fc.property(text, fc.constantFrom(null, 'FR', 'US', 'IT', 'AR', 'MX', 'BR', 'DE'), (written, country) => {
      const form = normalizePhone(written, country)
      if (form !== undefined) expect(normalizePhone(form, country)).toBe(form)
    }),
    { numRuns: 2_000 },
  )
})

test('an unfinished number is looked for in the form in which it is stored', () => {
  expect(phoneBeginnings('06 55 1', 'FR')).toContain('+336551')
  expect(phoneBeginnings('+33 (0)6 55', 'FR')).toContain('+33655')
  expect(phoneBeginnings('33655', null)).toEqual(['33655', '+33655'])
  expect(phoneBeginnings('ada', 'FR')).toEqual([])
})
