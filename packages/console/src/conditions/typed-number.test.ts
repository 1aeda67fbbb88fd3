import fc from 'fast-check'
import { expect, test } from 'vitest'
import { draftOfNumber, isUnread, readNumber, textOfNumber } from './typed-number.ts'

const LANGUAGES = ['fr', 'en'] as const
const language = fc.constantFrom(...LANGUAGES)

test('a number is read as both languages write it', () => {
  const NARROW = '\u202f'
  const WRITTEN: ReadonlyArray<readonly [string, number]> = [
    ['100,50', 100.5],
    ['99,9', 99.9],
    ['12,5', 12.5],
    ['100.50', 100.5],
    ['100,', 100],
    [',5', 0.5],
    [' 7 ', 7],
    ['1 234,5', 1234.5],
    [`1${NARROW}234${NARROW}567,25`, 1234567.25],
    ['1\u00a0234', 1234],
    ['1,234.50', 1234.5],
    ['1.234,50', 1234.5],
    ['1,234,567', 1234567],
    ['1.234.567', 1234567],
    ['0,125', 0.125],
    ['-3', -3],
    ['−3,5', -3.5],
    ['1e9', 1e9],
    ['1,5e-7', 1.5e-7],
    ['007', 7],
  ]
  for (const own of LANGUAGES)
    for (const [text, number] of WRITTEN) expect([text, readNumber(text, own)]).toEqual([text, number])
})

test('a comma before three digits is what the language of the page makes of it', () => {
  expect(readNumber('1,234', 'en')).toBe(1234)
  expect(readNumber('1,234', 'fr')).toBe(1.234)
  expect(readNumber('1.234', 'en')).toBe(1.234)
  expect(readNumber('1.234', 'fr')).toBe(1.234)
})

test('what is no number is told apart by what is wrong with it', () => {
  for (const own of LANGUAGES) {
    for (const text of [
      'abc',
      '-',
      ',',
      '.',
      '10 00',
      '1,2,3',
      '1 234 56',
      '12 €',
      '1e',
      '0x10',
      'Infinity',
      'NaN',
    ])
      expect([text, readNumber(text, own)]).toEqual([text, 'notANumber'])
    expect(readNumber('1e400', own)).toBe('tooLarge')
    expect(readNumber('0,12345678901234567890', own)).toBe('tooExact')
    expect(readNumber('9007199254740993', own)).toBe('tooExact')
    const count = { isWhole: true, min: 0 }
    expect(readNumber('1,5', own, count)).toBe('notWhole')
    expect(readNumber('1e9', own, count)).toBe('notWhole')
    expect(readNumber('-3', own, count)).toBe('tooSmall')
    expect(readNumber('2,0', own, count)).toBe(2)
    expect(readNumber('101', own, { max: 100 })).toBe('tooLarge')
  }
})

test('what is shown of a number is read as that number, in either language', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), language, (number, own) => {
      const value = number === 0 ? 0 : number
      expect(readNumber(textOfNumber(value, own), own)).toBe(value)
    }),
  )
})

test('a decimal is saved as it is meant, however its thousands and decimals are written', () => {
  const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 99_999_999 }),
      fc.option(digits, { nil: undefined }),
      fc.constantFrom('', ' ', '\u202f', '\u00a0', '\u2009'),
      fc.constantFrom(',', '.'),
      fc.boolean(),
      language,
      (whole, fraction, space, mark, isNegative, own) => {
        const grouped = String(whole).replaceAll(/\B(?=(\d{3})+$)/g, space)
        const decimals = fraction?.join('')
        const isThousands =
          own === 'en' && mark === ',' && decimals?.length === 3 && whole > 0 && whole < 1000
        fc.pre(!isThousands)
        const text = `${isNegative ? '-' : ''}${grouped}${decimals === undefined ? '' : mark + decimals}`
        const meant = Number(`${isNegative ? '-' : ''}${whole}.${decimals ?? '0'}`)
        expect(readNumber(text, own)).toBe(meant)
      },
    ),
  )
})

test('whatever is typed is either a number or kept to the letter', () => {
  const typed = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789 ,.-−e\u202f') }))
  fc.assert(
    fc.property(typed, language, (text, own) => {
      const draft = draftOfNumber(text, own)
      if (isUnread(draft)) expect(textOfNumber(draft, own)).toBe(text)
      else if (draft === null) expect(text.trim()).toBe('')
      else expect(Number.isFinite(draft)).toBe(true)
    }),
  )
})
