// npm start: installs and builds what is missing, then becomes the server.

import { become } from './become.mjs'
import { prepare } from './prepare.mjs'

await prepare()
await become('packages/server/dist/main.js', process.argv.slice(2))
