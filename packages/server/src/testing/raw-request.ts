import { connect, type Socket } from 'node:net'
import { type Answer, toAnswer } from './test-server.ts'

const ANSWER_MS = 20_000

/**
 * Sends bytes as they are on a connection of their own, for what no HTTP client would send, and reads what comes until
 * the server closes or has answered whole.
 * @param port of the server
 * @param bytes the request, head and body
 */
export function sendRaw(port: number, bytes: string | Buffer): Promise<Answer> {
  const socket = connect(port, '127.0.0.1')
  socket.write(bytes)
  return readAnswer(socket)
}

/** A request's head: request line and headers, each line as it is. */
export function head(...lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** The first answer on a connection. */
export function readAnswer(socket: Socket): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const timer = setTimeout(() => socket.destroy(new Error('No answer came.')), ANSWER_MS)
    const end = (answer: Answer) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      const answer = parse(Buffer.concat(chunks), false)
      if (answer !== undefined) end(answer)
    })
    socket.on('error', (error) => {
      clearTimeout(timer)
      const answer = parse(Buffer.concat(chunks), true)
      if (answer === undefined) reject(error)
      else resolve(answer)
    })
    socket.on('close', () => {
      const answer = parse(Buffer.concat(chunks), true)
      if (answer === undefined) reject(new Error('The connection was closed without an answer.'))
      else end(answer)
    })
  })
}

function parse(bytes: Buffer, isClosed: boolean): Answer | undefined {
  const text = bytes.toString('utf8')
  const gap = text.indexOf('\r\n\r\n')
  if (gap < 0) return undefined
  const [statusLine = '', ...lines] = text.slice(0, gap).split('\r\n')
  const headers = new Headers(lines.map((line) => splitHeader(line)))
  const body = text.slice(gap + 4)
  const length = Number(headers.get('content-length') ?? (statusLine.includes(' 204 ') ? 0 : Number.NaN))
  const isWhole = Buffer.byteLength(body) >= length
  return isWhole || isClosed ? toAnswer(Number(statusLine.split(' ')[1]), headers, body) : undefined
}

function splitHeader(line: string): [string, string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon), line.slice(colon + 1).trim()]
}
