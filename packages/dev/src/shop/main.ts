import { runShop } from './run-shop.ts'

process.exitCode = await runShop(process.argv.slice(2))
