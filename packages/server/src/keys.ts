import { ConfigError, readEnvironment, toConfig } from './config.ts'
import { connectDatabase, type DatabaseAddress } from './database/connect.ts'
import { findRunningPostgres } from './engines/postgres/find-running-postgres.ts'
import { makeKeys } from './stores/registry.ts'

process.exitCode = await main()

/** `npm run keys`: further keys for the first workspace. */
async function main(): Promise<number> {
  try {
    const config = toConfig(readEnvironment())
    const address: DatabaseAddress | undefined =
      config.databaseUrl === undefined
        ? await findRunningPostgres(config.dataDir)
        : { url: config.databaseUrl }
    if (address === undefined) {
      process.stdout.write(
        'Affluent does not run on this data directory: start it with `npm start`, then ask for keys.\n',
      )
      return 1
    }
    const database = connectDatabase(
      () => address,
      1,
      () => {},
    )
    const keys = await makeKeys(database)
    await database.end()
    process.stdout.write(`Write key   ${keys.writeKey}\nAPI key     ${keys.apiKey}     shown once\n`)
    return 0
  } catch (error) {
    process.stdout.write(`No keys were made: ${error instanceof Error ? error.message : String(error)}\n`)
    return error instanceof ConfigError ? 2 : 1
  }
}
