// node scripts/run.mjs packages/dev/dist/bench/main.js [arguments]: builds what is missing, then runs that file.
import { become } from './become.mjs'
import { prepare } from './prepare.mjs'

const [program, ...args] = process.argv.slice(2)
if (program === undefined) {
  console.error('Say which built file to run: node scripts/run.mjs packages/dev/dist/bench/main.js')
  process.exit(2)
}
await prepare()
await become(program, args)
