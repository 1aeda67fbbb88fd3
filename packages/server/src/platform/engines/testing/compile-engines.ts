import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const SOURCE = join(import.meta.dirname, '..')
const MODULES = join(SOURCE, '../../../../../node_modules')
const OPTIONS = [
  ['--ignoreConfig', '--noCheck', '--noResolve', '--rewriteRelativeImportExtensions'],
  ['--module', 'nodenext', '--target', 'es2023', '--rootDir', SOURCE],
].flat()

export interface CompiledEngines {
  readonly folder: string
  remove(): Promise<void>
}

/** For tests that kill: the code of data directory and PostgreSQL as JavaScript, which a plain node process can run. */
export async function compileEngines(): Promise<CompiledEngines> {
  const folder = await mkdtemp(join(MODULES, '.engines-under-test-'))
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  const folders = [SOURCE, join(SOURCE, 'postgres'), join(SOURCE, 'sockets')]
  const files = (await Promise.all(folders.map(sourcesIn))).flat()
  const compiler = join(MODULES, 'typescript', 'bin', 'tsc')
  await promisify(execFile)(process.execPath, [compiler, ...OPTIONS, '--outDir', folder, ...files])
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

async function sourcesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  return names.map((name) => join(folder, name))
}
