import { chmod, cp, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { EngineLog } from './engine-log.ts'
import type { PostgresBinaries } from './find-binaries.ts'
import { makeReachableRoot } from './reachable-root.ts'
import { type RunIdentity, runAs } from './run-identity.ts'

/**
 * Gives a folder of PostgreSQL programs that the identity can run: the installed one, or a copy made once per version
 * below `reachableRoot` when the installation lies where the identity may not go (such as a checkout in /root).
 * @returns the folder that holds `bin`, `lib` and `share`
 * @throws Error when PostgreSQL does not run on this machine
 */
export async function placeBinaries(
  binaries: PostgresBinaries,
  identity: RunIdentity,
  reachableRoot: string,
  log: EngineLog,
): Promise<string> {
  const failure = await tryProgram(identity, binaries.folder)
  if (failure === null) return binaries.folder
  if (identity.kind === 'self') throw doesNotRun(binaries.folder, failure)
  const copy = join(reachableRoot, `postgresql-${binaries.version}-${binaries.platform}`)
  if ((await tryProgram(identity, copy)) !== null) await copyBinaries(binaries.folder, copy)
  const failureOfCopy = await tryProgram(identity, copy)
  if (failureOfCopy !== null) throw doesNotRun(copy, failureOfCopy)
  log({
    level: 'info',
    msg: `PostgreSQL runs from a copy in ${copy}: ${binaries.folder} is closed to other accounts`,
  })
  return copy
}

async function tryProgram(identity: RunIdentity, folder: string): Promise<string | null> {
  const { code, stderr } = await runAs(identity, join(folder, 'bin', 'postgres'), ['--version'])
  return code === 0 ? null : (stderr.trim().split('\n')[0] ?? '')
}

function doesNotRun(folder: string, reason: string): Error {
  return new Error(
    `The PostgreSQL in ${folder} does not run on this machine (${reason}): set DATABASE_URL to a PostgreSQL of your own.`,
  )
}

async function copyBinaries(from: string, to: string): Promise<void> {
  await makeReachableRoot(dirname(to))
  const draft = `${to}.draft-${process.pid}`
  await cp(from, draft, { recursive: true, verbatimSymlinks: true })
  await openToAll(draft)
  await rm(to, { recursive: true, force: true })
  await rename(draft, to)
}

// An installation under a strict umask is readable by root alone, and so would its copy be.
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory()) await chmod(path, 0o755)
    if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o100 ? 0o755 : 0o644)
  }
}
