import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A site of its own origin with one page, that loads one library as npm gives it. */
export class SdkPage {
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  /**
   * @param file of the library
   * @param script what the page does with it: a module that imports `/sdk.js`, or what comes after that script
   */
  static async start(file: string, script: string): Promise<SdkPage> {
    const library = await readFile(file)
    const isModule = script.startsWith('import ')
    const page = isModule
      ? `<script type="module">${script}</script>`
      : `<script src="/sdk.js"></script><script>${script}</script>`
    const server = createServer((request, response) => {
      if (request.url === '/sdk.js') response.setHeader('content-type', 'text/javascript').end(library)
      else
        response
          .setHeader('content-type', 'text/html; charset=utf-8')
          .end(`<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1>${page}`)
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    return new SdkPage(server)
  }

  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((closed) => this.#server.close(closed))
  }
}
