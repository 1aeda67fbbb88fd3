import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

const CONSOLE = fileURLToPath(new URL('../../../../console/dist/', import.meta.url))
const PAGE = 'index.html'
/** The build puts a hash of the content into these names. */
const HASHED = '/assets/'
/** Never pages of the console, whether there is something at the address or not. */
const NOT_PAGES = /^\/(?:v1|healthz|readyz|metrics|openapi\.json|assets)(?:\/|$)/
/** What a page loads. A profile's address may end in `.com`. */
const FILE = /\.(?:css|gif|html|ico|jpe?g|js|json|map|mjs|png|svg|txt|wasm|webmanifest|webp|woff2?|xml)$/

/**
 * The console's built files; nothing when it has not been built. The console is one page that reads its address itself:
 * whatever a person opens gets that page.
 */
export async function registerConsole(app: FastifyInstance): Promise<void> {
  if (!existsSync(CONSOLE)) return
  await app.register(fastifyStatic, {
    root: CONSOLE,
    serve: false,
    cacheControl: false,
    preCompressed: true,
    setHeaders: setCaching,
  })
  app.get('/*', { schema: { hide: true } }, (request, reply) => {
    const { '*': path } = request.params as { '*': string }
    return reply.sendFile(path === '' || isPage(request, `/${path}`) ? PAGE : path)
  })
}

/**
 * The scripts that stand in the built page itself, as a content security policy names them: `'sha256-...'`. None when
 * the console has not been built.
 */
export function consoleScriptHashes(): string[] {
  const page = `${CONSOLE}${PAGE}`
  if (!existsSync(page)) return []
  const scripts = readFileSync(page, 'utf8').matchAll(/<script>([^]*?)<\/script>/g)
  return [...scripts].map(
    ([, text]) =>
      `'sha256-${createHash('sha256')
        .update(text ?? '')
        .digest('base64')}'`,
  )
}

function isPage(request: FastifyRequest, path: string): boolean {
  if (NOT_PAGES.test(path) || FILE.test(path)) return false
  return request.headers.accept?.includes('text/html') === true
}

function setCaching(reply: FastifyReply, path: string): void {
  const isHashed = path.slice(CONSOLE.length - 1).startsWith(HASHED)
  reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
}
