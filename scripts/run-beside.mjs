// node scripts/run-beside.mjs packages/dev/dist/shop/main.js [arguments]: runs that file until it ends, or until the
// process that started it is gone.
import { become } from './become.mjs'

const GRACE_MS = 2_000

const [program, ...args] = process.argv.slice(2)
// whoever started us holds the other end, and loses it however it dies
process.stdin.once('end', () => {
  process.kill(process.pid, 'SIGTERM')
  setTimeout(() => process.exit(0), GRACE_MS).unref()
})
process.stdin.resume().unref()
await become(program, args)
