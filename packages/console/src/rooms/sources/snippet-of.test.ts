import { expect, test } from 'vitest'
import { SNIPPET_LANGUAGES, snippetOf } from './snippet-of.ts'

test.each(SNIPPET_LANGUAGES)('the snippet for %s has the real key and address in it', (language) => {
  for (const step of ['event', 'profile'] as const) {
    const code = snippetOf(language, step, 'wk_real', 'https://cdp.example.com')
    expect(code).toContain('wk_real')
    expect(code).toContain('https://cdp.example.com')
  }
})
