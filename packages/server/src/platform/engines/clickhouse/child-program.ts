import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Finds the child's compiled program: beside this file when compiled, in `dist` when this file runs as TypeScript
 * (tests).
 * @throws Error when it has not been built
 */
export function childProgram(): string {
  const beside = fileURLToPath(new URL('./child.js', import.meta.url))
  const built = fileURLToPath(
    new URL('../../../../dist/platform/engines/clickhouse/child.js', import.meta.url),
  )
  for (const path of [beside, built]) if (existsSync(path)) return path
  throw new Error(`ClickHouse's program ${built} is missing: run npm run build.`)
}
