import { parseArgs } from 'node:util'
import { renewOwnerPassword } from './access/owner.ts'
import { PasswordHashes } from './access/password-hashes.ts'
import { ConfigError, readEnvironment, toConfig } from './config.ts'
import { connectDatabase, type Database, type DatabaseAddress } from './database/connect.ts'
import { findRunningPostgres } from './engines/postgres/find-running-postgres.ts'
import { makeKeys } from './stores/make-workspace.ts'

process.exitCode = await main(process.argv.slice(2))

/** `npm run keys`: further keys, of the first workspace or with `-- --workspace SLUG` of another; with `-- --password` a new password for the owner. */
async function main(args: string[]): Promise<number> {
  let asked: { readonly password: boolean; readonly workspace: string | undefined }
  try {
    const options = { password: { type: 'boolean', default: false }, workspace: { type: 'string' } } as const
    const { values } = parseArgs({ args, options })
    asked = { password: values.password, workspace: values.workspace }
  } catch {
    say(
      '`npm run keys` makes keys, with `-- --workspace SLUG` of that workspace; `npm run keys -- --password` a password.',
    )
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
      say(asked.password ? await newPassword(database) : await newKeys(database, asked.workspace))
    } finally {
      await database.end()
    }
    return 0
  } catch (error) {
    say(`Nothing was made: ${error instanceof Error ? error.message : String(error)}`)
    return error instanceof ConfigError ? 2 : 1
  }
}

async function newKeys(database: Database, workspace = 'main'): Promise<string> {
  const { writeKey, apiKey } = await makeKeys(database, workspace)
  return `Workspace   ${workspace}\nWrite key   ${writeKey}\nAPI key     ${apiKey}     shown once`
}

async function newPassword(database: Database): Promise<string> {
  const { email, password } = await renewOwnerPassword(database, await PasswordHashes.create())
  return `Sign in     ${email}\nPassword    ${password}     shown once; who was signed in must sign in again`
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
