import { parseArgs } from 'node:util'
import { NAME_CHARS_MAX } from '@affluent/protocol/limits'
import { SCOPES, type Scope } from '@affluent/protocol/scope'
import { ConfigError, readEnvironment, toConfig } from './config.ts'
import { connectDatabase, type Database, type DatabaseAddress } from './platform/database/connect.ts'
import { findRunningPostgres } from './platform/engines/postgres/find-running-postgres.ts'
import { describeKeys, findWorkspace, makeKeys, revokeKey } from './workspaces/key-command.ts'
import { renewOwnerPassword } from './workspaces/owner.ts'
import { PasswordHashes } from './workspaces/password-hashes.ts'

const HELP = `npm run keys                                  a write key of the first source, and an API key with all scopes
npm run keys -- --scopes read,audiences       an API key with these scopes (${SCOPES.join(', ')})
                --name "Data warehouse"       what it is called
npm run keys -- --list                        keys that are good, with their last use
npm run keys -- --revoke key_12               ends an API key by its id, or a write key (the key itself)
npm run keys -- --password                    a new password for the owner
                --workspace SLUG              all but the password: of another workspace than main`

const OPTIONS = {
  help: { type: 'boolean' },
  list: { type: 'boolean' },
  name: { type: 'string' },
  password: { type: 'boolean' },
  revoke: { type: 'string' },
  scopes: { type: 'string' },
  workspace: { type: 'string', default: 'main' },
} as const

process.exitCode = await main(process.argv.slice(2))

/** `npm run keys`: keys made, listed, revoked, while the server runs; a new password for the owner. */
async function main(args: string[]): Promise<number> {
  let work: (database: Database) => Promise<string>
  try {
    work = readWork(args)
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`)
    return 2
  }
  try {
    const config = toConfig(readEnvironment())
    const address: DatabaseAddress | undefined =
      config.databaseUrl === undefined
        ? await findRunningPostgres(config.dataDir)
        : { url: config.databaseUrl }
    if (address === undefined) {
      say('Affluent does not run on this data directory: start it with `npm start`, then ask again.')
      return 1
    }
    const database = connectDatabase(
      () => address,
      1,
      () => {},
    )
    try {
      say(await work(database))
    } finally {
      await database.end()
    }
    return 0
  } catch (error) {
    say(`Nothing was changed: ${error instanceof Error ? error.message : String(error)}`)
    return error instanceof ConfigError ? 2 : 1
  }
}

/** @throws Error when the words make no sense together */
function readWork(args: string[]): (database: Database) => Promise<string> {
  const { values } = parseArgs({ args, options: OPTIONS })
  const { help, list, name, password, revoke, scopes, workspace } = values
  const acts = [help, list, password, revoke !== undefined].filter((act) => act === true).length
  const isMaking = name !== undefined || scopes !== undefined
  if (acts > 1 || (acts === 1 && isMaking)) throw new Error('One thing at a time, please.')
  if (help === true) return async () => HELP
  if (password === true) return newPassword
  if (list === true)
    return async (database) => describeKeys(database, await findWorkspace(database, workspace))
  if (revoke !== undefined)
    return async (database) => revokeKey(database, await findWorkspace(database, workspace), revoke)
  const wish = {
    name: readName(name),
    scopes: readScopes(scopes),
    writeKey: !isMaking,
  }
  return async (database) => makeKeys(database, await findWorkspace(database, workspace), wish)
}

function readName(name = 'npm run keys'): string {
  const trimmed = name.trim()
  if (trimmed !== '' && trimmed.length <= NAME_CHARS_MAX) return trimmed
  throw new Error(`--name must be 1 to ${NAME_CHARS_MAX} characters long.`)
}

function readScopes(text: string | undefined): readonly Scope[] {
  if (text === undefined) return SCOPES
  return text.split(',').map((word) => {
    const scope = SCOPES.find((each) => each === word.trim())
    if (scope !== undefined) return scope
    throw new Error(`--scopes must be a list of ${SCOPES.join(', ')}; "${word}" is none.`)
  })
}

async function newPassword(database: Database): Promise<string> {
  const { email, password } = await renewOwnerPassword(database, await PasswordHashes.create())
  return `Sign in     ${email}\nPassword    ${password}     shown once; who was signed in must sign in again`
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
