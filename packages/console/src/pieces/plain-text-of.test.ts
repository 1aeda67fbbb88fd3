import { expect, test } from 'vitest'
import { plainTextOf } from './plain-text-of.ts'

test('signs without a shape are made visible, and nothing else changes', () => {
  expect(plainTextOf('a\tb\nc\u0000\u0007\u007f')).toBe('a␉b␊c␀␇␡')
  expect(plainTextOf('abc\u202Edef')).toBe('abc⟨U+202E⟩def')
  expect(plainTextOf('\uFEFFx\u200By')).toBe('⟨U+FEFF⟩x⟨U+200B⟩y')
  const kept = 'مرحبا שלום 👩‍👩‍👧‍👦 <script>alert(1)</script> é ＜ Z͑ͫ'
  expect(plainTextOf(kept)).toBe(kept)
})
