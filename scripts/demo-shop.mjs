// The demo shop: a child of the server that sends what the people of an invented shop do.
import { spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './prepare.mjs'

const PROGRAM = 'packages/dev/dist/shop/main.js'
const LOOK_MS = 500
// In which the shop may see for itself that the demo is gone, and clear up.
const GRACE_MS = 10_000

/**
 * Starts the demo shop once the server of this very process is up, and ends it when the demo workspace is removed. The
 * server tells by writing `demo.json`. When this process goes, however it goes, the shop's standard input ends, and so
 * does the shop.
 */
export async function startDemoShop() {
  const folder = await dataFolder()
  if (folder === undefined || !existsSync(join(root, PROGRAM))) return
  const file = join(folder, 'demo.json')
  const began = Date.now()
  let shop
  let missed = 0
  const look = setInterval(() => {
    const { mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? {}
    if (shop === undefined) {
      // an older one is of a server before this one
      if (mtimeMs !== undefined && mtimeMs >= began) shop = run(file)
      return
    }
    missed = mtimeMs === undefined ? missed + LOOK_MS : 0
    if (missed < GRACE_MS) return
    clearInterval(look)
    shop.kill()
  }, LOOK_MS)
  look.unref()
}

// As the server reads its settings; what is wrong with them it says itself.
async function dataFolder() {
  const { readEnvironment, toConfig } = await import(
    pathToFileURL(join(root, 'packages/server/dist/config.js')).href
  )
  try {
    const { demo, dataDir } = toConfig(readEnvironment())
    return demo ? dataDir : undefined
  } catch {
    return undefined
  }
}

function run(file) {
  const command = ['scripts/run-beside.mjs', PROGRAM, file]
  const shop = spawn(process.execPath, command, { cwd: root, stdio: ['pipe', 'ignore', 'inherit'] })
  shop.on('error', (error) => console.error(`The demo shop did not start: ${error.message}`))
  // the server does not wait for it
  shop.unref()
  shop.stdin.unref()
  return shop
}
