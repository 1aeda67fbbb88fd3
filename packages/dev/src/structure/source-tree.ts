import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** One package: its folder under packages/ and what its package.json declares. */
export interface SourcePackage {
  readonly name: string
  readonly dependencies: ReadonlySet<string>
  readonly devDependencies: ReadonlySet<string>
}

/** One file that people wrote, with its path from the repository's root and, for code, its syntax tree. */
export interface SourceFile {
  readonly path: string
  readonly package: SourcePackage | undefined
  readonly isTest: boolean
  readonly isConfig: boolean
  readonly text: string
  readonly ast: ts.SourceFile | undefined
}

/** A page of documentation, with its path from the repository's root. */
export interface DocPage {
  readonly path: string
  readonly text: string
}

/** What the rules look at. */
export interface SourceTree {
  readonly rootNames: readonly string[]
  readonly testTools: ReadonlySet<string>
  readonly files: readonly SourceFile[]
  /** every .md in the root and below docs/ */
  readonly pages: readonly DocPage[]
  /** whether there is a file or folder of this path */
  readonly exists: (path: string) => boolean
}

const CODE = /\.[cm]?[jt]sx?$/
const TEXT = /\.([cm]?[jt]sx?|sql)$/
const NOT_WRITTEN_BY_PEOPLE = new Set(['node_modules', 'dist', 'coverage'])
// Tests, the contract suites they run, and what only they import.
const TEST = /\.(test|contract)\.tsx?$|\/testing\//

/** Reads packages/, scripts/ and docs/ of a repository. */
export function readSourceTree(repoRoot: string): SourceTree {
  const folders = existsSync(join(repoRoot, 'packages')) ? readdirSync(join(repoRoot, 'packages')) : []
  const packages = folders.map((folder) => readPackage(repoRoot, folder))
  const files = packages.flatMap((owner) => readFiles(repoRoot, `packages/${owner.name}`, owner))
  return {
    rootNames: readdirSync(repoRoot),
    testTools: new Set(Object.keys(readManifest(repoRoot).devDependencies ?? {})),
    files: [...files, ...readFiles(repoRoot, 'scripts', undefined)],
    pages: readPages(repoRoot),
    exists: (path) => existsSync(join(repoRoot, path)),
  }
}

function readPages(repoRoot: string): DocPage[] {
  const docs = join(repoRoot, 'docs')
  const below = existsSync(docs) ? readdirSync(docs, { recursive: true, encoding: 'utf8' }) : []
  const paths = [...readdirSync(repoRoot), ...below.map((path) => `docs/${path.replaceAll('\\', '/')}`)]
  return paths
    .filter((path) => path.endsWith('.md'))
    .map((path) => ({ path, text: readFileSync(join(repoRoot, path), 'utf8') }))
}

interface Manifest {
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

function readManifest(folder: string): Manifest {
  const path = join(folder, 'package.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Manifest) : {}
}

function readPackage(repoRoot: string, name: string): SourcePackage {
  const manifest = readManifest(join(repoRoot, 'packages', name))
  return {
    name,
    dependencies: new Set(Object.keys(manifest.dependencies ?? {})),
    devDependencies: new Set(Object.keys(manifest.devDependencies ?? {})),
  }
}

function readFiles(repoRoot: string, folder: string, owner: SourcePackage | undefined): SourceFile[] {
  if (!existsSync(join(repoRoot, folder))) return []
  return readdirSync(join(repoRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (NOT_WRITTEN_BY_PEOPLE.has(entry.name)) return []
    if (entry.isDirectory()) return readFiles(repoRoot, path, owner)
    return [readSourceFile(repoRoot, path, owner)]
  })
}

function readSourceFile(repoRoot: string, path: string, owner: SourcePackage | undefined): SourceFile {
  const text = TEXT.test(path) ? readFileSync(join(repoRoot, path), 'utf8') : ''
  return {
    path,
    package: owner,
    isTest: TEST.test(path),
    isConfig: /\.config\.[cm]?[jt]s$/.test(path),
    text,
    ast: CODE.test(path) ? ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true) : undefined,
  }
}
