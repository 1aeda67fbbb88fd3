import { ConfigError, readEnvironment, toConfig } from './config.ts'
import { claimDataDirectory } from './platform/engines/owner.ts'
import { rotateSecretKey } from './platform/secrets/secret-box.ts'

process.exitCode = await main()

/**
 * `npm run rotate-secret-key`: a new key that seals secrets; the next start seals with it what the one before has
 * sealed.
 */
async function main(): Promise<number> {
  try {
    const { dataDir } = toConfig(readEnvironment())
    const claim = await claimDataDirectory(dataDir)
    try {
      await rotateSecretKey(dataDir)
    } finally {
      await claim.release()
    }
    process.stdout.write(
      'secret.key is a new one. The next start seals all secrets anew and removes the former key.\n',
    )
    return 0
  } catch (error) {
    process.stdout.write(
      `The key was not changed: ${error instanceof Error ? error.message : String(error)}\n`,
    )
    return error instanceof ConfigError ? 2 : 1
  }
}
