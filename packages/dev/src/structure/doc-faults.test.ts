import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { docFaults, ENGLISH_ONLY } from './doc-faults.ts'

const repoRoot = resolve(import.meta.dirname, '../../../..')

type Pages = Readonly<Record<string, string>>

function faultsOf(pages: Pages): string[] {
  return docFaults({
    rootNames: [],
    testTools: new Set(),
    files: [],
    pages: Object.entries(pages).map(([path, text]) => ({ path, text })),
    exists: (path) => path === 'docs/pictures/home.png',
  })
}

const twins: Pages = {
  'docs/a.md':
    '# A\n\n[Français](fr/a.md)\n\n## One: two\n![home](pictures/home.png) [API](api.md#calls)\n```sh\n# list\nls\n```\n',
  'docs/fr/a.md':
    "# A\n\n[English](../a.md)\n\n## Un\u202f: deux\n[API](../api.md#calls), [ici](#un-deux), l’un «\u202fet\u202f» `l'autre : non`\u202f?\n```sh\n# lister\nls\n```\n",
  'docs/api.md': '# API\n\n## Calls\n',
}

test('every page that stays in English by the list is there', () => {
  expect(ENGLISH_ONLY.filter((path) => !existsSync(join(repoRoot, path)))).toEqual([])
})

test('twins with the same headings and code, links that lead somewhere and French spaces have no fault', () => {
  expect(faultsOf(twins)).toEqual([])
})

test('a page in one language only is found, in either language', () => {
  expect(faultsOf({ 'docs/how-to/b.md': '# B' })).toEqual([
    'docs/how-to/b.md: has no twin docs/fr/how-to/b.md; write it in both languages',
  ])
  expect(faultsOf({ 'docs/fr/b.md': '# B' })).toEqual([
    'docs/fr/b.md: has no twin docs/b.md; write it in both languages',
  ])
  const listed = { ...twins, 'docs/fr/api.md': '# API\n\n[English](../api.md)\n\n## Appels\n' }
  expect(faultsOf(listed)).toContain('docs/api.md: in English only by the list, and has a French page')
})

test('twins that do not lead to each other, or differ in headings or code, are found', () => {
  const a = '[Français](fr/a.md)\n# A\n```\nls\n```\n'
  const b = '# A\n## B\n```\nls -l\n```\n'
  expect(faultsOf({ 'docs/a.md': a, 'docs/fr/a.md': b })).toEqual([
    'docs/a.md: other headings than docs/fr/a.md',
    'docs/a.md: other code than docs/fr/a.md',
    'docs/fr/a.md: does not lead to its twin ../a.md',
  ])
})

test('a link to a page or heading that is not there is found, and one out of French', () => {
  const lost = '# A\n\n[Français](fr/a.md) [b](b.md) [c](api.md#none) `[d](d.md)` [e](https://e.example)\n'
  expect(faultsOf({ ...twins, 'docs/a.md': lost }).slice(2)).toEqual([
    'docs/a.md:3: leads to b.md, which is not there',
    'docs/a.md:3: leads to api.md#none; docs/api.md has no such heading',
  ])
  const out = {
    'docs/b.md': '# B\n[Français](fr/b.md)',
    'docs/fr/b.md': '# B\n[English](../b.md) [a](../a.md)',
  }
  expect(faultsOf({ ...twins, ...out })).toEqual([
    'docs/fr/b.md:2: leads to ../a.md in English; docs/fr/a.md is there',
  ])
})

test.each([
  ['deux :', 'a plain space'],
  ['deux\u00a0:', 'a no-break space that is not narrow'],
  ['quoi?', 'no space'],
  ['`code`: oui', 'no space after code'],
  ['« oui\u202f»', 'a plain space inside guillemets'],
  ['«oui»', 'no space inside guillemets'],
  ['10 %', 'a plain space before %'],
  ["l'un", 'a straight apostrophe'],
])('in French "%s" is found: %s', (text) => {
  const pages = {
    'docs/b.md': '# B\n[Français](fr/b.md)',
    'docs/fr/b.md': `# B\n[English](../b.md)\n\n${text}\n`,
  }
  expect(faultsOf(pages)).toHaveLength(1)
  expect(faultsOf(pages)[0]).toContain('docs/fr/b.md:4: French needs U+202F')
})
