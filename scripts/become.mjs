import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './prepare.mjs'

/**
 * Runs a built program in this very process. No wrapper stays behind: a signal, `kill -9` too, and the exit
 * code are the program's own.
 */
export async function become(program, args) {
  const path = join(root, program)
  if (!existsSync(path)) {
    console.error(`${program} does not exist after the build: is its source in the repository?`)
    process.exit(2)
  }
  process.argv = [process.argv[0], path, ...args]
  await import(pathToFileURL(path).href)
}
