import { renewOwnerPassword } from './access/owner.ts'
import { PasswordHashes } from './access/password-hashes.ts'
import { ConfigError, readEnvironment, toConfig } from './config.ts'
import { connectDatabase, type Database, type DatabaseAddress } from './database/connect.ts'
import { findRunningPostgres } from './engines/postgres/find-running-postgres.ts'
import { makeKeys } from './stores/make-workspace.ts'

const PASSWORD = '--password'

process.exitCode = await main(process.argv.slice(2))

/** `npm run keys`: further keys for the first workspace; with `-- --password` a new password for the owner. */
async function main(words: readonly string[]): Promise<number> {
  const unknown = words.find((word) => word !== PASSWORD)
  if (unknown !== undefined) {
    say(`"${unknown}" is not known: \`npm run keys\` makes keys, \`npm run keys -- ${PASSWORD}\` a password.`)
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
      say(words.includes(PASSWORD) ? await newPassword(database) : await newKeys(database))
    } finally {
      await database.end()
    }
    return 0
  } catch (error) {
    say(`Nothing was made: ${error instanceof Error ? error.message : String(error)}`)
    return error instanceof ConfigError ? 2 : 1
  }
}

async function newKeys(database: Database): Promise<string> {
  const { writeKey, apiKey } = await makeKeys(database)
  return `Write key   ${writeKey}\nAPI key     ${apiKey}     shown once`
}

async function newPassword(database: Database): Promise<string> {
  const { email, password } = await renewOwnerPassword(database, await PasswordHashes.create())
  return `Sign in     ${email}\nPassword    ${password}     shown once; who was signed in must sign in again`
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
