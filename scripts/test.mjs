// npm test [-- arguments for vitest]: installs and builds what is missing, then runs the tests.
import { build, install } from './prepare.mjs'
import { close, runTests } from './run-tests.mjs'

await install()
const isBuilt = await build()
close(isBuilt ? await runTests(process.argv.slice(2)) : { passed: 0, failed: 1, skipped: 0 })
