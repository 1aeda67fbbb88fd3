import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const ROOT = new URL('../../../../', import.meta.url)
/**
 * What stands in italics on a page of tasks and is a name of the field or of a demo workspace, not a word of the
 * console.
 */
const OTHERS = new Set([
  'workspace',
  'espace',
  'track',
  'Main',
  'Maison Confluent',
  'Clients fidèles',
  'Exercise',
])

const sources = ['packages/console/src/', 'packages/core/src/condition/'].flatMap((folder) =>
  readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !path.includes('.test.'))
    .map((path) => ({ path, text: readFileSync(new URL(folder + path, ROOT), 'utf8') })),
)

test.each([
  ['en', 'docs/', /(^|\/)(english|en\/[\w-]+)\.ts$/],
  ['fr', 'docs/fr/', /(^|\/)(french|fr\/[\w-]+)\.ts$/],
] as const)(
  'in %s the tasks, the exercises and the page of the console call everything as the screen does',
  (language, folder, words) => {
    const names = new Set(
      sources.flatMap(({ path, text }) => [
        ...(words.test(path) ? literals(text, /'((?:[^'\\\n]|\\.)*)'/g) : []),
        // a word in both languages beside what it names
        ...literals(text, new RegExp(`\\b${language}: '((?:[^'\\\\\\n]|\\\\.)*)'`, 'g')),
      ]),
    )
    const tasks = readdirSync(new URL(`${folder}how-to/`, ROOT)).map((file) => `how-to/${file}`)
    const unknown = [...tasks, 'exercises.md', 'console.md', 'team.md'].flatMap((page) =>
      italics(readFileSync(new URL(folder + page, ROOT), 'utf8'))
        .filter((name) => !names.has(name) && !OTHERS.has(name))
        .map((name) => `${folder}${page}: *${name}*`),
    )
    expect(names.size).toBeGreaterThan(1_000)
    expect(unknown).toEqual([])
  },
)

/**
 * Texts as they are shown, and without what is filled in and the quotes around it: "Stay with {{title}}" is "Stay
 * with".
 */
function literals(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].flatMap(([, found = '']) => {
    const shown = found.replaceAll("\\'", "'")
    return [shown, shown.replaceAll('{{shown}}', '1'), shown.replaceAll('{{number}}', '1'), fixedPart(shown)]
  })
}

function fixedPart(text: string): string {
  return text.replaceAll(/[“«]?\s*\{\{\w+\}\}\s*[”»]?/gu, ' ').replaceAll(/^[\s:.,]+|[\s:.,]+$/gu, '')
}

/** What stands in italics outside code. */
function italics(page: string): string[] {
  const prose = page.replaceAll(/^```[^]*?^```/gm, '').replaceAll(/`[^`]*`/g, '')
  return [...prose.matchAll(/(?<!\*)\*([^*\n]+)\*(?!\*)/g)].map(([, name = '']) => name)
}
