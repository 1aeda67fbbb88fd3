// npm run verify: everything that CI asks, step by step. A failing step does not hide the next one.
import { build, install, run, seconds } from './prepare.mjs'
import { close, runTests } from './run-tests.mjs'

const biome = 'node_modules/@biomejs/biome/bin/biome'
const steps = [
  ['format', () => passes(biome, 'format', '.')],
  ['lint', () => passes(biome, 'check', '--formatter-enabled=false', '--error-on-warnings', '.')],
  ['types', build],
  ['structure', () => passes('packages/dev/dist/structure/main.js')],
  ['dead code', () => passes('node_modules/knip/bin/knip.js', '--treat-config-hints-as-errors')],
]

await install()
const failed = []
for (const [name, step] of steps) {
  if (!(await timed(name, step))) failed.push(name)
}
const counts = await timed('tests', () => runTests([]))
if (failed.length > 0) console.log(`Failed steps, each counted as one failure below: ${failed.join(', ')}`)
close({ ...counts, failed: counts.failed + failed.length })

async function passes(...args) {
  return (await run(process.execPath, args)) === 0
}

async function timed(name, work) {
  const started = Date.now()
  console.log(`\n== ${name}`)
  const result = await work()
  console.log(`== ${name}: ${result === false ? 'FAILED' : 'done'} in ${seconds(started)}`)
  return result
}
