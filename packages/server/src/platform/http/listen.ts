import type { AddressInfo } from 'node:net'
import type { HttpServer } from './http-server.ts'

/**
 * Listens.
 * @returns the address, such as `http://127.0.0.1:8080`
 */
export async function listen(
  http: HttpServer,
  config: { readonly host: string; readonly port: number },
): Promise<string> {
  await http.app.ready()
  await http.app.listen({ port: config.port, host: config.host })
  return urlOf(http, config)
}

/** Where it listens. */
export function urlOf(http: HttpServer, config: { readonly host: string }): string {
  const { port } = http.server.address() as AddressInfo
  return `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`
}

/** Closes connections that are idle, now and as they become so, and waits for the others. */
export async function closeHttp(http: HttpServer): Promise<void> {
  http.server.closeIdleConnections()
  const idle = setInterval(() => http.server.closeIdleConnections(), 50)
  await http.app.close()
  clearInterval(idle)
}
