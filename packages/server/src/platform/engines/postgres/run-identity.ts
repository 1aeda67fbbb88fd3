import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'

const ACCOUNTS = ['postgres', 'nobody']
const PROGRAM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * Who PostgreSQL runs as. It refuses to run as root, so root steps aside: into a user namespace, in which the process
 * no longer looks like root while the files stay root's own; or to another account.
 */
export interface RunIdentity {
  readonly kind: 'self' | 'namespace' | 'account'
  /** The kernel's owner of the files that this identity makes. */
  readonly uid: number
  readonly gid: number
}

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Chooses who runs PostgreSQL.
 * @param dataOwner uid and gid that own the existing cluster, or null before the first start
 * @param forbidNamespace for tests: behave as on a machine that forbids user namespaces
 * @throws Error when root has no other identity at hand
 */
export async function chooseIdentity(
  dataOwner: { uid: number; gid: number } | null,
  forbidNamespace: boolean,
): Promise<RunIdentity> {
  const uid = process.geteuid?.() ?? -1
  const gid = process.getegid?.() ?? -1
  if (uid !== 0) return { kind: 'self', uid, gid }
  if (dataOwner !== null && dataOwner.uid !== 0) return { kind: 'account', ...dataOwner }
  const namespace: RunIdentity = { kind: 'namespace', uid, gid }
  if (!forbidNamespace && (await hasName(namespace))) return namespace
  return await findAccount()
}

// initdb looks its user up by name, so an identity without a name is of no use.
async function hasName(identity: RunIdentity): Promise<boolean> {
  const { code, stdout } = await runAs(identity, 'id', ['-un'])
  return code === 0 && stdout.trim() !== 'root'
}

async function findAccount(): Promise<RunIdentity> {
  const self: RunIdentity = { kind: 'self', uid: 0, gid: 0 }
  for (const account of ACCOUNTS) {
    const uid = await runAs(self, 'id', ['-u', account])
    const gid = await runAs(self, 'id', ['-g', account])
    if (uid.code === 0 && gid.code === 0)
      return { kind: 'account', uid: Number(uid.stdout), gid: Number(gid.stdout) }
  }
  throw new Error(
    'PostgreSQL refuses to run as root and this machine has neither user namespaces nor an account postgres or nobody: start Affluent as an ordinary user.',
  )
}

/**
 * Starts a program as an identity, with none of our environment, away from any folder it may not enter.
 * @returns the child; its pid is the program's own
 */
export function spawnAs(
  identity: RunIdentity,
  program: string,
  args: readonly string[],
  options: SpawnOptions = {},
): ChildProcess {
  const common = { cwd: '/', env: { PATH: PROGRAM_PATH, LC_ALL: 'C', TZ: 'UTC' }, ...options }
  if (identity.kind === 'namespace') return spawn('unshare', ['--user', '--', program, ...args], common)
  if (identity.kind === 'account')
    return spawn(program, args, { ...common, uid: identity.uid, gid: identity.gid })
  return spawn(program, args, common)
}

/**
 * Runs a program as an identity to its end and never throws: a program that cannot start ends with code null.
 * @param input what it reads from standard input
 */
export function runAs(
  identity: RunIdentity,
  program: string,
  args: readonly string[],
  input = '',
): Promise<Finished> {
  return new Promise((resolve) => {
    let stdout = ''
    let stderr = ''
    const child = spawnAs(identity, program, args)
    child.stdout?.on('data', (chunk) => {
      stdout += chunk
    })
    child.stderr?.on('data', (chunk) => {
      stderr += chunk
    })
    child.stdin?.on('error', () => {}) // the program ended without reading it: its code says why
    child.stdin?.end(input)
    child.once('error', (error) => resolve({ code: null, stdout, stderr: error.message }))
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** True when the identity can enter a folder and write there. */
export async function canUseFolder(identity: RunIdentity, folder: string): Promise<boolean> {
  const { code } = await runAs(identity, 'sh', ['-c', 'cd "$1" && test -w . && test -x .', 'sh', folder])
  return code === 0
}
