import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { longest } from './longest.ts'
import { structureFaults } from './structure-faults.ts'

const repoRoot = resolve(import.meta.dirname, '../../../..')
const made: string[] = []

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true })
})

type Files = Readonly<Record<string, string>>

const manifests: Files = {
  'package.json': JSON.stringify({ devDependencies: { vitest: '1', 'fast-check': '1', knip: '1' } }),
  'packages/protocol/package.json': JSON.stringify({ dependencies: { zod: '1' } }),
  'packages/core/package.json': JSON.stringify({
    dependencies: { '@affluent/protocol': '1', '@affluent/server': '1' },
  }),
  'packages/server/package.json': JSON.stringify({
    dependencies: { '@affluent/core': '1', '@affluent/sdk': '1', pg: '1', zod: '1' },
    devDependencies: { '@types/pg': '1' },
  }),
  'packages/dev/package.json': JSON.stringify({ devDependencies: { '@affluent/server': '1' } }),
}

// what the cases below import
const imported: Files = {
  'packages/core/src/b.ts': 'export type B = string',
  'packages/protocol/src/id.ts': 'export type Id = string',
  'packages/sdk/src/client.ts': 'export const client = 1',
  'packages/server/src/start.ts': 'export const start = 1',
}

function makeTree(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'affluent-structure-'))
  made.push(folder)
  for (const [path, text] of Object.entries({ ...manifests, ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

function faultsOf(files: Files): string[] {
  return structureFaults(makeTree({ ...imported, ...files }))
}

test('this repository fits its plan', () => {
  expect(structureFaults(repoRoot)).toEqual([])
})

test('a tree that keeps every rule has no fault', () => {
  const files = {
    'packages/core/src/identity/anchor.ts':
      "import type { Id } from '@affluent/protocol/id'\nexport type Anchor = Id",
    'packages/core/src/identity/anchor.test.ts':
      "import { test } from 'vitest'\nimport { readFileSync } from 'node:fs'",
    'packages/server/src/config.ts': 'export const port = process.env.PORT',
    'packages/server/src/store.ts': "import pg from 'pg'\nexport const sql = 'select count(*) from entry'",
    'packages/dev/src/bench/main.ts':
      "import { start } from '@affluent/server/start'\nconsole.log(process.env.CI, start)",
    'packages/protocol/src/schema.ts': "export { z } from 'zod'",
  }
  expect(faultsOf(files)).toEqual([])
})

test('an import that runs the wrong way is found', () => {
  const files = { 'packages/core/src/a.ts': "import { start } from '@affluent/server/start'" }
  expect(faultsOf(files)).toEqual(['packages/core/src/a.ts: core may not import server'])
})

test('a type import that runs the wrong way is found too', () => {
  const files = { 'packages/server/src/a.ts': "import type { Client } from '@affluent/sdk/client'" }
  expect(faultsOf(files)).toEqual(['packages/server/src/a.ts: server may not import sdk'])
})

test('an import across packages by path is found', () => {
  const files = { 'packages/server/src/a.ts': "export const b = await import('../../core/src/b.ts')" }
  expect(faultsOf(files)).toEqual([
    "packages/server/src/a.ts: imports ../../core/src/b.ts across packages by path; import it by its package's name",
  ])
})

test('a package that the plan does not know is found', () => {
  const files = { 'packages/extra/src/a.ts': "import { b } from '@affluent/core/b'" }
  expect(faultsOf(files)).toEqual([
    'packages/extra/src/a.ts: package extra is not in the plan of who may import whom',
  ])
})

test('an import that package.json does not declare is found', () => {
  const files = { 'packages/server/src/a.ts': "import pino from 'pino'" }
  expect(faultsOf(files)).toEqual([
    'packages/server/src/a.ts: imports pino, which packages/server/package.json does not declare in dependencies',
  ])
})

test('a shipped file that imports a test tool is found', () => {
  const files = { 'packages/server/src/a.ts': "import { test } from 'vitest'" }
  expect(faultsOf(files)).toEqual([
    'packages/server/src/a.ts: imports vitest, which packages/server/package.json does not declare in dependencies',
  ])
})

test('a second file that imports zod is found', () => {
  const files = { 'packages/server/src/a.ts': "import { z } from 'zod'" }
  expect(faultsOf(files)).toEqual([
    'packages/server/src/a.ts: imports zod; only packages/protocol/src/schema.ts does, import from there',
  ])
})

const impure = [
  ["import { readFileSync } from 'node:fs'", 'imports node:fs'],
  ['export const now = () => Date.now()', 'uses Date.now'],
  ['export const now = () => new Date()', 'reads the clock by Date'],
  ['export const now = () => Date()', 'reads the clock by Date'],
  ['export const roll = () => Math.random()', 'uses Math.random'],
  ['export const ms = performance.now()', 'uses performance'],
  ['export const args = process.argv', 'uses process'],
  ['export const { argv } = process', 'uses process'],
  ['setTimeout(() => {}, 1)', 'uses setTimeout'],
  ['export const title = document.title', 'uses document'],
  ['export const all = { window }', 'uses window'],
] as const

test.each(impure)('in core, what is not pure is found: %s', (text, fault) => {
  const faults = faultsOf({ 'packages/core/src/a.ts': text })
  expect(faults.filter((line) => !line.includes('process.env'))).toEqual([
    `packages/core/src/a.ts:1: ${fault}; core is pure, hand it in`,
  ])
})

test('a name that only looks like a global is no fault', () => {
  const text = [
    'export const day = (ms: number) => new Date(ms)',
    'export const title = (document: { process: string }) => document.process',
    'export type Page = { location: string }',
    'export const page = { performance: 1 }',
  ].join('\n')
  expect(faultsOf({ 'packages/core/src/a.ts': text })).toEqual([])
})

test('the environment read outside the one file is found', () => {
  const text = 'export const port = process.env.PORT\nexport const { env } = process'
  expect(faultsOf({ 'packages/server/src/a.ts': text })).toEqual([
    'packages/server/src/a.ts:1: reads process.env; only packages/server/src/config.ts does',
    'packages/server/src/a.ts:2: reads process.env; only packages/server/src/config.ts does',
  ])
})

test.each(['utils.ts', 'helpers/a.ts', 'common.ts', 'event.types.ts', 'v2/a.ts'])(
  'the name %s is found',
  (path) => {
    const [fault] = faultsOf({ [`packages/core/src/${path}`]: 'export const a = 1' })
    expect(fault).toContain('says nothing; name it after what it holds')
  },
)

test.each(['export default 1', 'export default function f() {}', 'const a = 1\nexport { a as default }'])(
  'a default export is found: %s',
  (text) => {
    const [fault] = faultsOf({ 'packages/server/src/a.ts': text })
    expect(fault).toMatch(/^packages\/server\/src\/a\.ts:\d: default export; give it a name$/)
  },
)

test('a configuration file may have a default export, and a switch its default', () => {
  const files = {
    'packages/console/vite.config.ts': 'export default {}',
    'packages/core/src/a.ts':
      'export function f(a: 1) {\n  switch (a) {\n    default:\n      return a\n  }\n}',
  }
  expect(faultsOf(files)).toEqual([])
})

test('SQL that does not name its columns is found, in code and in SQL files', () => {
  // Put together here, so that this file keeps the rule itself.
  const star = ['SELECT', '*'].join('\n  ')
  const fault = 'selects all columns by a star; name them'
  const files = {
    'packages/server/src/a.ts': `export const sql = (t: string) => \`${star} from \${t}\``,
    'packages/server/src/b.sql': `${star} from entry`,
  }
  expect(faultsOf(files)).toEqual([
    `packages/server/src/a.ts:1: ${fault}`,
    `packages/server/src/b.sql: ${fault}`,
  ])
})

test('two prepared statements of one name and different text are found', () => {
  const query = (name: string, text: string) => `export const q = { name: ${name}, text: ${text} }\n`
  const files = {
    'packages/server/src/a.ts': query("'people'", "'select id from a'"),
    'packages/server/src/b.ts': `${query("'others'", "'select id from a'")}${query("'people'", "'select id from b'")}`,
    'packages/server/src/c.ts': query("x ? 'some' : 'people'", 'SELECT_ONE'),
  }
  const fault = 'prepared statement people has another text in packages/server/src/a.ts:1'
  expect(faultsOf(files)).toEqual([
    `packages/server/src/b.ts:2: ${fault}; rename one, or share the query`,
    `packages/server/src/c.ts:1: ${fault}; rename one, or share the query`,
  ])
})

test('one text under one name in two places is no fault, nor is a name that is not of a statement', () => {
  const files = {
    'packages/server/src/a.ts': "export const a = { name: 'people', text: 'select id from a' }",
    'packages/server/src/b.ts': "export const b = { name: 'people', text: `select id from a`, values: [1] }",
    'packages/server/src/c.ts': "export const c = { name: 'people', title: 'People' }",
  }
  expect(faultsOf(files)).toEqual([])
})

test('a note to do something is found unless it names an issue', () => {
  const text = "// TODO tidy\nexport const a = 'TODO'\n/* TODO(#12) later */\n"
  expect(faultsOf({ 'packages/core/src/a.ts': text })).toEqual([
    'packages/core/src/a.ts:1: TODO without an issue; write TODO(#12), or do it',
  ])
})

test('a comment that an editor would have to wrap is found', () => {
  const words = 'word '.repeat(24)
  const text = `/** ${words} */\nexport const a = '${words}'\n// see https://example.com/${'a'.repeat(120)}\n`
  expect(faultsOf({ 'packages/core/src/a.ts': text })).toEqual([
    'packages/core/src/a.ts:1: a comment of more than 120 columns; break it',
  ])
})

test('a barrel is found', () => {
  const files = { 'packages/core/src/index.ts': "export * from './a.ts'\nexport { b } from './b.ts'" }
  expect(faultsOf(files)).toEqual([
    'packages/core/src/index.ts: a barrel that only exports again; import from the file that owns the name',
  ])
})

test('a stranger in the root is found', () => {
  expect(faultsOf({ 'notes.txt': '' })).toEqual(["notes.txt: not a name for the repository's root"])
})

test.each(['packages/core/src/tests/a.test.ts', 'packages/core/src/far/a.test.ts'])(
  'a test away from its source is found: %s',
  (path) => {
    const files = { [path]: '', 'packages/core/src/tests/a.ts': '' }
    expect(faultsOf(files)).toEqual([`${path}: a test stands beside the source that it tests`])
  },
)

test('the longest files and functions are listed and are no fault', () => {
  const long = `export function long() {\n${'  f()\n'.repeat(2_000)}}\n`
  const folder = makeTree({
    'packages/core/src/a.ts': long,
    'packages/core/src/b.ts': 'export const b = () => 1\n',
  })
  expect(structureFaults(folder)).toEqual([])
  expect(longest(folder)).toEqual({
    files: [
      { lines: 2_002, place: 'packages/core/src/a.ts' },
      { lines: 1, place: 'packages/core/src/b.ts' },
    ],
    functions: [
      { lines: 2_002, place: 'packages/core/src/a.ts:1 long' },
      { lines: 1, place: 'packages/core/src/b.ts:1 b' },
    ],
  })
})

test('the layers of the server import only to their left', () => {
  const files = {
    'packages/server/src/platform/clock.ts':
      "import type { Run } from '../log/run.ts'\nexport type Clock = Run",
    'packages/server/src/log/run.ts':
      "import type { Audience } from '../audiences/audience.ts'\nexport type Run = Audience",
    'packages/server/src/audiences/audience.ts':
      "import type { Batch } from '../processor/batch.ts'\nexport type Audience = Batch",
    'packages/server/src/processor/batch.ts':
      "import type { Server } from '../server.ts'\nexport type Batch = Server",
    'packages/server/src/server.ts': 'export type Server = string',
  }
  const above = (file: string, own: string, other: string, to: string) =>
    `packages/server/src/${file}: ${own} may not import ${other} (${to}), which is a layer above it; hand it in`
  expect(faultsOf(files)).toEqual([
    above('audiences/audience.ts', 'audiences', 'processor', 'processor/batch.ts'),
    above('log/run.ts', 'log', 'audiences', 'audiences/audience.ts'),
    above('platform/clock.ts', 'platform', 'log', 'log/run.ts'),
    above('processor/batch.ts', 'processor', 'server', 'server.ts'),
  ])
})

test('a capability reaches another through its contract only; tests, processor and server may look inside', () => {
  const files = {
    'packages/server/src/audiences/audience.ts': "export { person } from '../identity/person.ts'",
    'packages/server/src/audiences/audience.test.ts':
      "import { test } from 'vitest'\nimport { person } from '../identity/person.ts'\ntest('', () => person)",
    'packages/server/src/delivery/route.ts': "export { person } from '../identity/contract.ts'",
    'packages/server/src/identity/contract.ts': "export { person } from './person.ts'",
    'packages/server/src/identity/person.ts': 'export const person = 1',
    'packages/server/src/processor/decide.ts': "export { person } from '../identity/person.ts'",
  }
  expect(faultsOf(files)).toEqual([
    'packages/server/src/audiences/audience.ts: imports identity/person.ts; another capability is reached through identity/contract.ts',
  ])
})

test('folders of the server that import each other, directly or round about, are a circle', () => {
  const files = {
    'packages/server/src/platform/a/one.ts': "export { two } from '../b/two.ts'",
    'packages/server/src/platform/b/two.ts': "export { three } from '../c/three.ts'",
    'packages/server/src/platform/c/three.ts': "export { four } from '../a/four.ts'",
    'packages/server/src/platform/a/four.ts': 'export const four = 4',
  }
  const way = 'platform/a -> platform/b -> platform/c -> platform/a'
  expect(faultsOf(files)).toEqual([
    `packages/server/src/platform/a: folders import each other in a circle: ${way}`,
  ])
})

test('SQL names the tables of its own capability only; what is published in ClickHouse anyone may read', () => {
  const files = {
    'packages/server/migrations/0001_first.sql':
      'create table fragment (id int);\ncreate table stray (id int);',
    'packages/server/src/audiences/ask.ts':
      'export const ask = `select a.id from audience a join fragment f using (id)`',
    'packages/server/src/delivery/copy.ts': "export const copy = 'ledger (workspace_id, id)'",
    'packages/server/src/identity/ask.ts':
      "export const own = 'select id from fragment where workspace_id = 1'",
    'packages/server/src/catalogue/ask.ts':
      "export const facts = 'select namespace from identifier where workspace = 1'",
  }
  expect(faultsOf(files)).toEqual([
    'packages/server/migrations/: table stray has no owner; name one in structure/table-faults.ts',
    'packages/server/src/audiences/ask.ts:1: SQL names fragment, which belongs to identity; ask its contract',
    'packages/server/src/delivery/copy.ts:1: SQL names ledger, which belongs to identity; ask its contract',
  ])
})

test("a slice of a person's state is read in the folder of its owner only", () => {
  const read =
    'export const read = (one: { state: { identity: { events: number } } }) => one.state.identity.events'
  const files = {
    'packages/core/src/identity/own.ts': read,
    'packages/core/src/audience/foreign.ts': read,
  }
  expect(faultsOf(files)).toEqual([
    'packages/core/src/audience/foreign.ts:1: reads one.state.identity.events; ask a function of the owner of "identity"',
  ])
})

test('an import of a file of another package that is gone is found, though an earlier build has left it in dist', () => {
  const files = {
    'packages/core/src/a.ts': "export type { Gone } from '@affluent/protocol/gone'",
    'packages/protocol/dist/gone.d.ts': 'export type Gone = string',
  }
  expect(faultsOf(files)).toEqual([
    'packages/core/src/a.ts: imports @affluent/protocol/gone, of which there is no source',
  ])
})
