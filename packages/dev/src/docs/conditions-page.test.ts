import { readFile, writeFile } from 'node:fs/promises'
import { AGGREGATES, COUNT_OPS, VALUE_OPS } from '@affluent/protocol/condition'
import { expect, test } from 'vitest'
import { conditionsPage } from './conditions-page.ts'

const DOCS = new URL('../../../../docs/', import.meta.url)

test.each([
  ['en', 'conditions.md'],
  ['fr', 'fr/conditions.md'],
] as const)(
  'in %s docs/%s shows every operator and aggregate (`UPDATE_DOCS=1 npm test -- conditions-page` writes it)',
  async (language, path) => {
    const file = new URL(path, DOCS)
    const page = conditionsPage(language)
    if (process.env['UPDATE_DOCS'] === '1') await writeFile(file, page)
    for (const name of [...VALUE_OPS, ...COUNT_OPS, ...AGGREGATES]) expect(page).toContain(`| \`${name}\` |`)
    expect(await readFile(file, 'utf8')).toBe(page)
  },
)
