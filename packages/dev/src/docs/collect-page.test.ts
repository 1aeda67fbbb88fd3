import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const ROOT = new URL('../../../../', import.meta.url)

test('the clients that docs/collect.md says were run are those that the tests run', async () => {
  const page = await readFile(new URL('docs/collect.md', ROOT), 'utf8')
  const rows = [...page.matchAll(/^\| `([^`]+)` \| (\d[\d.]*) \|/gm)].map(([, name, version]) => [
    name,
    version,
  ])
  const npm = new Map<string, string>()
  for (const path of ['packages/dev/package.json', 'packages/server/package.json']) {
    const { devDependencies } = JSON.parse(await readFile(new URL(path, ROOT), 'utf8')) as {
      devDependencies: Record<string, string>
    }
    for (const [name, version] of Object.entries(devDependencies)) npm.set(name, version)
  }
  const others = await readFile(new URL('packages/dev/src/e2e/other-runtimes.e2e.test.ts', ROOT), 'utf8')
  expect(rows.length).toBeGreaterThanOrEqual(9)
  for (const [name = '', version = ''] of rows) {
    if (name.startsWith('@')) expect(npm.get(name), name).toBe(version)
    else {
      expect(others).toContain(name.split(':').at(-1))
      expect(others).toContain(version)
    }
  }
})
