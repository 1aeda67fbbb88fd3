import { readFile, writeFile } from 'node:fs/promises'
import * as limits from '@affluent/protocol/limits'
import { expect, test } from 'vitest'
import { limitsPage } from './limits-page.ts'

const PAGE = new URL('../../../../docs/limits.md', import.meta.url)
const SOURCE = new URL('../../../protocol/src/limits.ts', import.meta.url)

test('docs/limits.md lists every limit with its value (`UPDATE_DOCS=1 npm test -- limits-page` writes it)', async () => {
  const page = limitsPage(await readFile(SOURCE, 'utf8'), limits)
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(PAGE, page)
  for (const name of Object.keys(limits)) expect(page).toContain(`| \`${name}\` |`)
  expect(await readFile(PAGE, 'utf8')).toBe(page)
})
