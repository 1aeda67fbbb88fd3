import { readFile, writeFile } from 'node:fs/promises'
import { errorsOf } from '@affluent/protocol/endpoint'
import { ENDPOINTS } from '@affluent/protocol/endpoints'
import { expect, test } from 'vitest'
import { apiPage } from './api-page.ts'

const DOCS = new URL('../../../../docs/', import.meta.url)
const PAGE = new URL('api.md', DOCS)

test('docs/api.md lists every call as its endpoint says it (`UPDATE_DOCS=1 npm test -- api-page` writes it)', async () => {
  const page = apiPage(ENDPOINTS)
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(PAGE, page)
  for (const { method, path } of ENDPOINTS) expect(page).toContain(`\n${method} ${path}\n`)
  expect(await readFile(PAGE, 'utf8')).toBe(page)
})

test('docs/api-basics.md names every error that all calls may be answered with', async () => {
  const basics = await readFile(new URL('api-basics.md', DOCS), 'utf8')
  const own = new Set(ENDPOINTS.flatMap(({ errors }) => Object.values(errors).flat()))
  const codes = new Set(ENDPOINTS.flatMap((endpoint) => Object.values(errorsOf(endpoint)).flat()))
  for (const code of codes) if (!own.has(code)) expect(basics, code).toContain(`\`${code}\``)
})
