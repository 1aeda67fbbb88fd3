import { readdirSync, readFileSync } from 'node:fs'
import { fill } from '@affluent/core/sentence/texts'
import { expect, test } from 'vitest'

const SOURCES = new URL('../../../core/src/', import.meta.url)
/** Texts as sources write them: in one language, or one form of a counted text. */
const FRENCH = /\bfr: (?:'([^'\n]*)'|"([^"\n]*)"|\{([^}]*)\})/g
const PAIR = /\{\s*en: (?:'([^'\n]*)'|"([^"\n]*)"),\s*fr: (?:'([^'\n]*)'|"([^"\n]*)"),?\s*\}/g

const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => readFileSync(new URL(file, SOURCES), 'utf8'))

test('French has a narrow no-break space before : ; ! ? % and inside guillemets, and its own apostrophe', () => {
  const texts = sources.flatMap((source) =>
    [...source.matchAll(FRENCH)].map(([, single, double, forms]) =>
      unescaped(single ?? double ?? forms ?? ''),
    ),
  )
  expect(texts.length).toBeGreaterThan(100)
  const wrong = texts.filter((text) =>
    /[ \u00a0](?:[;!?»%]|:(?! '))|«[ \u00a0]|[\p{L}\p{N}»][;!?](?!\S)|\p{L}'\p{L}/u.test(text),
  )
  expect(wrong).toEqual([])
})

test('a text takes the same values in both languages', () => {
  const pairs = sources.flatMap((source) =>
    [...source.matchAll(PAIR)].map(([, a, b, c, d]) => [a ?? b ?? '', c ?? d ?? ''] as const),
  )
  expect(pairs.length).toBeGreaterThan(50)
  expect(pairs.filter(([en, fr]) => String(placeholders(en)) !== String(placeholders(fr)))).toEqual([])
})

test('telling a condition loads no calendar: a browser tells conditions on pages that need none', () => {
  const reached = new Set<string>()
  const visit = (file: URL): void => {
    if (reached.has(file.href)) return
    reached.add(file.href)
    const source = readFileSync(file, 'utf8')
    // what is imported as a type is not loaded
    for (const [, target = ''] of source.matchAll(/^(?:import (?!type )|\} from )[^;]*?'([^']+)'$/gm)) {
      if (target.startsWith('.')) visit(new URL(target, file))
      else if (!target.startsWith('@affluent/')) reached.add(target)
    }
  }
  visit(new URL('condition/describe/describe-condition.ts', SOURCES))
  expect(reached.size).toBeGreaterThan(30)
  expect([...reached].filter((file) => !file.startsWith('file:'))).toEqual([])
})

test('a text whose value is not given is no sentence', () => {
  expect(fill('{a} is {b}', { a: 'x', b: '{a}' })).toBe('x is {a}')
  expect(() => fill('{a} is {b}', { a: 'x' })).toThrow('"b"')
})

function unescaped(text: string): string {
  return text.replaceAll('\\u202f', '\u202f')
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').toSorted((a, b) => a.localeCompare(b))
}
