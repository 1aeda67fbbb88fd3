import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

const CONSOLE = fileURLToPath(new URL('../../../console/dist/', import.meta.url))

/** The console's built files at `/`; nothing when the console has not been built. */
export async function registerConsole(app: FastifyInstance): Promise<void> {
  if (!existsSync(CONSOLE)) return
  await app.register(fastifyStatic, { root: CONSOLE, index: 'index.html' })
}
