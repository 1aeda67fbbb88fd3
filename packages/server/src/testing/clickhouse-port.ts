import { readFile } from 'node:fs/promises'
import { request as ask, createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

/** Where a test server's ClickHouse is reached, as a customer's own would be. */
export interface ClickHousePort {
  readonly url: string
  close(): void
}

/**
 * Opens a port that leads to the embedded ClickHouse of a data directory.
 * @param failure what ClickHouse says instead of answering a query, such as `Code: 241. DB::Exception: ...`; undefined:
 * it answers
 */
export async function openClickHousePort(
  dataDir: string,
  failure: (query: string) => string | undefined = () => undefined,
): Promise<ClickHousePort> {
  const folder = await readFile(join(dataDir, 'clickhouse', 'socket-folder'), 'utf8')
  const socketPath = join(folder.trim(), 's')
  const server = createServer(async (request, response) => {
    const body = await readBody(request)
    const failed = failure(
      `${decodeURIComponent((request.url ?? '').replaceAll('+', ' '))} ${body.toString()}`,
    )
    if (failed !== undefined) {
      response.writeHead(500, { 'X-ClickHouse-Exception-Code': /\d+/.exec(failed)?.[0] ?? '' }).end(failed)
      return
    }
    const { url: path, method, headers } = request
    const passed = ask({ socketPath, path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    passed.on('error', () => response.destroy())
    response.on('close', () => passed.destroy())
    passed.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
