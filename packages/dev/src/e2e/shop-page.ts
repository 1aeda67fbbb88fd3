import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, join, normalize } from 'node:path'

const UMD = join(
  dirname(createRequire(import.meta.url).resolve('@segment/analytics-next/package.json')),
  'dist/umd',
)

/** A site of its own origin that loads `@segment/analytics-next` as npm gives it, and sends to Affluent. */
export class ShopPage {
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  /** @param affluent address of the server */
  static async start(affluent: string, writeKey: string): Promise<ShopPage> {
    const server = createServer(async (request, response) => {
      const path = new URL(request.url ?? '/', 'http://shop').pathname
      if (!path.startsWith('/sdk/')) {
        response.setHeader('content-type', 'text/html; charset=utf-8').end(html(affluent, writeKey, path))
        return
      }
      const file = normalize(path.slice('/sdk/'.length))
      const body = await readFile(join(UMD, file)).catch(() => undefined)
      if (body === undefined || file.startsWith('..')) response.writeHead(404).end()
      else response.setHeader('content-type', 'text/javascript').end(body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new ShopPage(server)
  }

  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

function html(affluent: string, writeKey: string, path: string): string {
  const { host } = new URL(affluent)
  return `<!doctype html><html lang="en"><title>Shop ${path}</title><h1>${path}</h1>
<script src="/sdk/index.js"></script>
<script>
  window.analytics = window.AnalyticsNext.AnalyticsBrowser.load(
    { writeKey: '${writeKey}', cdnURL: '${affluent}' },
    { integrations: { 'Segment.io': { apiHost: '${host}/v1', protocol: 'http' } } },
  )
  analytics.page()
</script>`
}
