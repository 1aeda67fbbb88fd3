import { posix } from 'node:path'
import type { SourceFile, SourceTree } from './source-tree.ts'

const BANNED_NAMES = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'types', 'misc', 'v2', 'v3'])
const TEST_FOLDERS = new Set(['test', 'tests', '__tests__', 'spec'])
// The root is a shop window.
const ROOT_NAMES = new Set([
  ...['.affluent', '.ci', '.editorconfig', '.git', '.gitignore', '.nvmrc', 'coverage', 'node_modules'],
  ...[
    'ARCHITECTURE.md',
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'GLOSSARY.md',
    'LICENSE',
    'README.md',
    'SECURITY.md',
  ],
  ...['bench', 'docs', 'packages', 'scripts'],
  ...['biome.jsonc', 'knip.jsonc', 'package-lock.json', 'package.json', 'vitest.config.ts'],
  ...['tsconfig.base.json', 'tsconfig.json'],
])

/** Names: of the root, of files and folders, and where tests stand. */
export function namingFaults(tree: SourceTree): string[] {
  const strangers = tree.rootNames.filter((name) => !ROOT_NAMES.has(name) && !name.endsWith('.log'))
  return [
    ...strangers.map((name) => `${name}: not a name for the repository's root`),
    ...tree.files.flatMap((file) => bannedNames(file)),
    ...tree.files.flatMap((file) => misplacedTest(file, tree)),
  ]
}

function bannedNames(file: SourceFile): string[] {
  const words = file.path.split('/').flatMap((segment) => segment.split('.'))
  const banned = words.filter((word) => BANNED_NAMES.has(word))
  return banned.map((word) => `${file.path}: "${word}" says nothing; name it after what it holds`)
}

function misplacedTest(file: SourceFile, tree: SourceTree): string[] {
  if (!/\.test\.tsx?$/.test(file.path)) return []
  const folder = posix.dirname(file.path)
  const inTestFolder = folder.split('/').some((name) => TEST_FOLDERS.has(name))
  const besideSource = tree.files.some((other) => !other.isTest && posix.dirname(other.path) === folder)
  if (besideSource && !inTestFolder) return []
  return [`${file.path}: a test stands beside the source that it tests`]
}
