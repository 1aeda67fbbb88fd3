// Installs and builds what is missing. Plain JavaScript without dependencies: it runs before `npm ci`.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const BUILD_STAMP = join(root, 'node_modules/.cache/affluent/built')
const NODE_MIN = [20, 19]

// A clear line instead of a syntax error somewhere below.
function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return
  const wanted = NODE_MIN.join('.')
  console.error(`Affluent needs Node ${wanted} or newer; this is ${process.version}. See .nvmrc.`)
  process.exit(2)
}

/** Makes node_modules and every dist folder fit the sources; well under a second when they already do. */
export async function prepare() {
  await install()
  if (!(await build())) process.exit(1)
}

/** Installs the packages when node_modules is missing or is not what package-lock.json says. */
export async function install() {
  requireNode()
  process.chdir(root)
  const reason = whyInstall()
  if (reason === undefined) return
  const args = ['ci', '--no-audit', '--no-fund']
  if (!(await step(`Installing packages (${reason}), a few minutes on a first run`, 'npm', args)))
    process.exit(1)
}

// npm writes node_modules/.package-lock.json last, so an interrupted install is found out too.
function whyInstall() {
  const installed = readPackages('node_modules/.package-lock.json')
  if (installed === undefined) return 'node_modules is missing or incomplete'
  for (const [path, wanted] of Object.entries(readPackages('package-lock.json') ?? {})) {
    if (!path.includes('node_modules/')) continue
    const found = installed[path]
    if (found === undefined && wanted.optional) continue
    if (found?.version !== wanted.version) return `${path} has changed in package-lock.json`
  }
  return undefined
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages
  } catch {
    return undefined
  }
}

/** Builds every package when a source has changed since the last build; answers whether all is built. */
export async function build() {
  const sources = fingerprint()
  if (isBuilt(sources)) return true
  const tsc = ['node_modules/typescript/bin/tsc', '--build']
  const vite = ['run', '--silent', 'build', '--workspace', '@affluent/console']
  if (!(await step('Building the packages', process.execPath, tsc))) return false
  if (!(await step('Building the console', 'npm', vite))) return false
  mkdirSync(dirname(BUILD_STAMP), { recursive: true })
  writeFileSync(BUILD_STAMP, sources)
  return true
}

function isBuilt(sources) {
  if (!existsSync(BUILD_STAMP) || readFileSync(BUILD_STAMP, 'utf8') !== sources) return false
  return packageFolders().every((folder) => existsSync(join(folder, 'dist')))
}

// Path, size and time of each source. A file that came, went or changed gives another fingerprint.
function fingerprint() {
  const hash = createHash('sha256')
  const files = ['tsconfig.json', 'tsconfig.base.json', 'package-lock.json'].map((name) => join(root, name))
  for (const folder of packageFolders()) files.push(...sourceFiles(folder))
  for (const file of files) {
    const { size, mtimeMs } = statSync(file)
    hash.update(`${file} ${size} ${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

function packageFolders() {
  const packages = join(root, 'packages')
  return readdirSync(packages).map((name) => join(packages, name))
}

function sourceFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'dist' || entry.name === 'node_modules') return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? sourceFiles(path) : [path]
  })
}

async function step(title, command, args) {
  const started = Date.now()
  console.log(`${title} ...`)
  const code = await run(command, args)
  if (code === 0) console.log(`${title}: done in ${seconds(started)}`)
  else console.error(`${title}: failed with exit code ${code}. The lines above say why.`)
  return code === 0
}

/** The time since `started`, as people read it. */
export function seconds(started) {
  return `${((Date.now() - started) / 1000).toFixed(1)} s`
}

/** Runs a command with our terminal; answers its exit code. A signal to us ends both. */
export function run(command, args, env = process.env) {
  return new Promise((settle) => {
    // On Windows npm is a .cmd file, which only a shell can start.
    const shell = process.platform === 'win32' && command === 'npm'
    const child = spawn(command, args, { cwd: root, env, stdio: 'inherit', shell })
    let stoppedBy
    const stop = (signal) => {
      stoppedBy = signal
      // A terminal's Ctrl-C has reached the child already.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    }
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    for (const signal of signals) process.on(signal, stop)
    const done = (code) => {
      for (const signal of signals) process.off(signal, stop)
      if (stoppedBy !== undefined) process.kill(process.pid, stoppedBy)
      else settle(code)
    }
    child.once('error', (error) => {
      console.error(`${command}: ${error.message}`)
      done(127)
    })
    child.once('exit', (code, signal) => {
      if (signal !== null) console.error(`${command} was ended by ${signal}`)
      done(code ?? 1)
    })
  })
}
