import { FAULT_REASONS } from '@affluent/core/condition/condition-error'
import { ERROR_CODES } from '@affluent/protocol/codes'
import { createInstance } from 'i18next'
import { expect, test } from 'vitest'
import { ApiError } from '../api/api-error.ts'
import { formatsOf } from '../app/formats.ts'
import { english } from './en/english.ts'
import { sayError } from './error-words.ts'
import { french } from './fr/french.ts'

const LANGUAGES = { fr: french, en: english } as const
const RAW = 'What the server said.'
const DETAILS = {
  max: 36_525,
  count: 40_000,
  event: 'Order Completed',
  audiences: 'a → b → a',
  audience: 'vip',
}

async function speakerOf(language: 'fr' | 'en') {
  const words = createInstance()
  await words.init({
    lng: language,
    resources: { [language]: LANGUAGES[language] },
    interpolation: { escapeValue: false },
  })
  return (error: unknown) => sayError(error, words.getFixedT(language, 'errors'), formatsOf(language, 'UTC'))
}

test.for(['fr', 'en'] as const)(
  'in %s every error code of the server has words of its own',
  async (language) => {
    const say = await speakerOf(language)
    const unexpected = say(new Error('x'))
    for (const code of ERROR_CODES) {
      const said = say(new ApiError(400, code, RAW))
      expect([code, said]).not.toEqual([code, unexpected])
      expect(said, code).not.toContain(RAW)
      expect(said, code).toMatch(/^\p{Lu}.*\.$/u)
    }
    expect(say(new ApiError(500, 'a code of tomorrow', RAW))).toBe(unexpected)
  },
)

test.for(['fr', 'en'] as const)(
  'in %s every reason of a fault in a condition is said with its numbers and names',
  async (language) => {
    const say = await speakerOf(language)
    const general = say(new ApiError(400, 'invalid_condition', RAW))
    for (const reason of FAULT_REASONS) {
      const said = say(new ApiError(400, 'invalid_condition', RAW, { details: { ...DETAILS, reason } }))
      expect([reason, said]).not.toEqual([reason, general])
      expect(said, reason).not.toMatch(/\{\{|36525|40000/)
    }
    const long = { ...DETAILS, reason: 'window_too_long' }
    expect(say(new ApiError(400, 'invalid_condition', RAW, { details: long }))).toBe(
      language === 'fr'
        ? 'Une période compte au plus 36\u202f525 jours.'
        : 'A period is 36,525 days long at most.',
    )
  },
)
