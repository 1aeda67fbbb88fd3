import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './prepare.mjs'

/** Runs vitest once and lists what was skipped, with the reason; answers the counts. */
export async function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), 'affluent-counts-'))
  try {
    return await runCounted(join(folder, 'counts.json'), args)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function runCounted(file, args) {
  const code = await run(
    process.execPath,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=default',
      '--reporter=./scripts/count-reporter.mjs',
      ...args,
    ],
    { ...process.env, TEST_COUNTS_FILE: file },
  )
  const { passed, failed, skips } = readCounts(file)
  if (skips.length > 0) console.log('Skipped:')
  for (const skip of skips) console.log(`  ${skip}`)
  // vitest may fail for a reason that belongs to no test (its own configuration, for example).
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed, skipped: skips.length }
}

function readCounts(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { passed: 0, failed: 0, skips: [] }
}

/** Prints the line that CI reads and sets the exit code: not 0 when something failed or nothing ran. */
export function close({ passed, failed, skipped }) {
  if (passed + failed === 0) console.log('No test ran.')
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
}
