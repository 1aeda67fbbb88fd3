import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Patch } from './patches.ts'

/** A copy of the built packages: a rebuild during a long run changes nothing, and faults can be planted. */
export interface ServerCopy {
  /** the program, `main.js` */
  readonly program: string
  remove(): Promise<void>
}

const ROOT = resolve(import.meta.dirname, '../../../..')
const PACKAGES = ['protocol', 'core', 'connectors', 'server']

/**
 * Copies the built server with what it imports of ours; other packages are linked.
 * @param patches what to change in the copy
 * @throws Error when the text that a patch replaces is not in the built code exactly once
 */
export async function copyServer(patches: readonly Patch[] = []): Promise<ServerCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'affluent-built-'))
  const modules = join(folder, 'node_modules')
  await mkdir(join(modules, '@affluent'), { recursive: true })
  for (const name of await readdir(join(ROOT, 'node_modules'))) {
    if (name.startsWith('.') || name === '@affluent') continue
    await symlink(join(ROOT, 'node_modules', name), join(modules, name))
  }
  for (const name of PACKAGES) {
    const target = join(modules, '@affluent', name)
    await mkdir(target)
    for (const part of ['package.json', 'dist', 'migrations', 'node_modules']) {
      await copyIfThere(join(ROOT, 'packages', name, part), join(target, part))
    }
  }
  const dist = join(modules, '@affluent', 'server', 'dist')
  for (const patch of patches) await applyPatch(dist, patch)
  return {
    program: join(dist, 'main.js'),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

async function copyIfThere(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, verbatimSymlinks: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}

async function applyPatch(dist: string, patch: Patch): Promise<void> {
  await writeFile(join(dist, patch.file), await patchedText(dist, patch))
}

/**
 * The text of a built file with a patch applied.
 * @param dist folder of the built server
 * @throws Error when the text that the patch replaces is not in the file exactly once
 */
export async function patchedText(dist: string, { file, find, replace }: Patch): Promise<string> {
  const parts = (await readFile(join(dist, file), 'utf8')).split(find)
  if (parts.length !== 2) {
    throw new Error(
      `The patch does not fit: ${file} has ${parts.length - 1} times ${JSON.stringify(find)}. Mend the patch.`,
    )
  }
  return parts.join(replace)
}
