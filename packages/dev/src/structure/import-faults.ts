import { posix } from 'node:path'
import ts from 'typescript'
import type { SourceFile, SourcePackage, SourceTree } from './source-tree.ts'

const OURS = '@affluent/'
// Nothing imports server, sdk or console except dev.
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  core: ['protocol'],
  connectors: ['protocol', 'core'],
  server: ['protocol', 'core', 'connectors'],
  sdk: ['protocol'],
  console: ['protocol', 'core'],
  dev: ['protocol', 'core', 'connectors', 'server', 'sdk', 'console'],
}
// The only tools of the root's package.json that a package's tests may import undeclared.
const TEST_TOOLS = ['vitest', 'fast-check', 'typescript']
const SCHEMA_FILE = 'packages/protocol/src/schema.ts'

/** Imports run one way, and each is declared in the package.json of the package that makes it. */
export function importFaults(tree: SourceTree): string[] {
  const shared = new Set(TEST_TOOLS.filter((tool) => tree.testTools.has(tool)))
  const paths = new Set(tree.files.map(({ path }) => path))
  return tree.files.flatMap((file) => {
    const owner = file.package
    if (owner === undefined || file.ast === undefined) return []
    const faults = importsOf(file).flatMap((target) => [
      faultOf(file, owner, target, shared),
      missingFault(paths, target),
    ])
    return faults.filter((fault) => fault !== undefined).map((fault) => `${file.path}: ${fault}`)
  })
}

function importsOf(file: SourceFile): string[] {
  return ts.preProcessFile(file.text, true, true).importedFiles.map((imported) => imported.fileName)
}

function faultOf(
  file: SourceFile,
  owner: SourcePackage,
  target: string,
  testTools: ReadonlySet<string>,
): string | undefined {
  if (target.startsWith('.')) return relativeFault(file, owner, target)
  if (target.startsWith('node:')) return undefined
  const name = packageName(target)
  return directionFault(owner, name) ?? zodFault(file, name) ?? declarationFault(file, owner, name, testTools)
}

function relativeFault(file: SourceFile, owner: SourcePackage, target: string): string | undefined {
  const path = posix.join(posix.dirname(file.path), target)
  if (path.startsWith(`packages/${owner.name}/`)) return undefined
  return `imports ${target} across packages by path; import it by its package's name`
}

/** The compiler may still find what an earlier build has left in `dist`: a fresh clone does not. */
function missingFault(paths: ReadonlySet<string>, target: string): string | undefined {
  if (!target.startsWith(OURS)) return undefined
  const [name = '', ...rest] = target.slice(OURS.length).split('/')
  const source = `packages/${name}/src/${rest.join('/')}`
  if (rest.length === 0 || paths.has(`${source}.ts`) || paths.has(`${source}.tsx`)) return undefined
  return `imports ${target}, of which there is no source`
}

function packageName(target: string): string {
  return target.split('/', target.startsWith('@') ? 2 : 1).join('/')
}

function directionFault(owner: SourcePackage, name: string): string | undefined {
  if (!name.startsWith(OURS)) return undefined
  const allowed = MAY_IMPORT[owner.name]
  if (allowed === undefined) return `package ${owner.name} is not in the plan of who may import whom`
  const imported = name.slice(OURS.length)
  return allowed.includes(imported) ? undefined : `${owner.name} may not import ${imported}`
}

function zodFault(file: SourceFile, name: string): string | undefined {
  if (name !== 'zod' || file.path === SCHEMA_FILE) return undefined
  return `imports zod; only ${SCHEMA_FILE} does, import from there`
}

function declarationFault(
  file: SourceFile,
  owner: SourcePackage,
  name: string,
  testTools: ReadonlySet<string>,
): string | undefined {
  if (owner.dependencies.has(name)) return undefined
  const isShipped = !file.isTest && !file.isConfig && owner.name !== 'dev'
  if (!isShipped && (owner.devDependencies.has(name) || testTools.has(name))) return undefined
  return `imports ${name}, which packages/${owner.name}/package.json does not declare in dependencies`
}
