// npm start: installs and builds what is missing, then becomes the server, with the demo shop beside it.

import { become } from './become.mjs'
import { startDemoShop } from './demo-shop.mjs'
import { prepare } from './prepare.mjs'

await prepare()
await startDemoShop()
await become('packages/server/dist/main.js', process.argv.slice(2))
