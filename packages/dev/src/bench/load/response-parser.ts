/** An answer; `body` is only valid until the callback returns. */
export interface Answer {
  readonly status: number
  readonly head: string
  readonly body: Buffer
}

const EMPTY = Buffer.alloc(0)
const HEAD_END = Buffer.from('\r\n\r\n')
const LINE_END = Buffer.from('\r\n')

/**
 * Reads HTTP/1.1 answers off a connection, only as far as the benchmark needs: the status, the head as text, the body
 * by `content-length` or in chunks.
 */
export class ResponseParser {
  readonly #onAnswer: (answer: Answer) => void
  #rest: Buffer = EMPTY

  constructor(onAnswer: (answer: Answer) => void) {
    this.#onAnswer = onAnswer
  }

  /** @param chunk what came; it may be used again once this returns */
  push(chunk: Buffer): void {
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    this.#rest = EMPTY
    while (data.length > 0) {
      const found = readAnswer(data)
      if (found === undefined) {
        this.#rest = Buffer.from(data)
        return
      }
      data = data.subarray(found.end)
      this.#onAnswer(found.answer)
    }
  }
}

/**
 * Reads one header.
 * @param name in lower case
 */
export function headerOf(head: string, name: string): string | undefined {
  const at = head.toLowerCase().indexOf(`\r\n${name}:`)
  if (at < 0) return undefined
  const from = at + name.length + 3
  const end = head.indexOf('\r\n', from)
  return head.slice(from, end < 0 ? head.length : end).trim()
}

/** The first whole answer in the data, and where it ends. */
function readAnswer(data: Buffer): { answer: Answer; end: number } | undefined {
  const headEnd = data.indexOf(HEAD_END)
  if (headEnd < 0) return undefined
  const head = data.toString('latin1', 0, headEnd)
  const status = Number(head.slice(9, 12))
  const from = headEnd + HEAD_END.length
  if (status === 204 || status === 304) return { answer: { status, head, body: EMPTY }, end: from }
  const length = headerOf(head, 'content-length')
  if (length !== undefined) {
    const end = from + Number(length)
    return end > data.length ? undefined : { answer: { status, head, body: data.subarray(from, end) }, end }
  }
  if (headerOf(head, 'transfer-encoding') !== 'chunked')
    throw new Error(`An answer without a length: ${head.slice(0, 200)}`)
  const chunks = readChunks(data, from)
  return chunks === undefined ? undefined : { answer: { status, head, body: chunks.body }, end: chunks.end }
}

function readChunks(data: Buffer, from: number): { body: Buffer; end: number } | undefined {
  const parts: Buffer[] = []
  let at = from
  for (;;) {
    const lineEnd = data.indexOf(LINE_END, at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(data.toString('latin1', at, lineEnd), 16)
    const start = lineEnd + 2
    const end = start + size + 2
    if (end > data.length) return undefined
    if (size === 0) return { body: Buffer.concat(parts), end }
    parts.push(data.subarray(start, start + size))
    at = end
  }
}
