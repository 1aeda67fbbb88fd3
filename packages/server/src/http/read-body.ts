import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib'
import { BODY_BYTES_MAX } from '@affluent/protocol/limits'
import type { HoldBytes } from './body-budget.ts'
import { RefusalError } from './refusal-error.ts'

const LIMIT = BODY_BYTES_MAX.toLocaleString('en-US')
const OPTIONS = { maxOutputLength: BODY_BYTES_MAX }
const unpackers: Readonly<Record<string, (bytes: Buffer) => Promise<Buffer>>> = {
  gzip: (bytes) => promisify(gunzip)(bytes, OPTIONS),
  'x-gzip': (bytes) => promisify(gunzip)(bytes, OPTIONS),
  deflate: unpackDeflate,
  br: (bytes) => promisify(brotliDecompress)(bytes, OPTIONS),
}

// what browsers and servers send; the form type is what curl says by default
const TYPES = new Set([
  '',
  'application/json',
  'text/plain',
  'text/json',
  'application/x-www-form-urlencoded',
])

/** A body that came whole but is no text: its bytes can be kept with the reason. */
export class UnreadableBody extends RefusalError {
  readonly raw: Buffer

  constructor(
    code: 'invalid_encoding' | 'invalid_utf8',
    message: string,
    more: { readonly raw: Buffer; readonly cause?: unknown },
  ) {
    super(400, code, message, { cause: more.cause })
    this.raw = more.raw
  }
}

/**
 * The bytes of a JSON body: bounded, unpacked, proved to be UTF-8, without a byte order mark.
 * @param hold told of the bytes that are in hand
 * @throws RefusalError 400, 413, 415 or 429; UnreadableBody when there are bytes to keep
 */
export async function readBody(request: IncomingMessage, hold: HoldBytes): Promise<Buffer> {
  checkType(request.headers['content-type'])
  const unpack = findUnpacker(request.headers['content-encoding'])
  const packed = await collect(request, hold)
  if (packed.length === 0)
    throw new RefusalError(400, 'empty_body', 'The request has no body. Send a JSON object.')
  const bytes = unpack === undefined ? packed : await unpackBody(packed, unpack)
  if (bytes !== packed) hold(bytes.length)
  return checkText(bytes)
}

function checkType(header: string | undefined): void {
  const type = (header ?? '').toLowerCase().split(';', 1)[0]?.trim() ?? ''
  if (!TYPES.has(type) && !/^application\/[\w.-]+\+json$/.test(type)) {
    const message = 'Send application/json (text/plain is accepted from browsers).'
    throw new RefusalError(415, 'unsupported_media_type', message)
  }
  checkCharset(header)
}

/** @throws RefusalError 415 when a content type names another charset than UTF-8 */
export function checkCharset(header: string | undefined): void {
  const [, ...parameters] = (header ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length)
  if (charset !== undefined && !/^"?utf-?8"?$/.test(charset)) {
    throw new RefusalError(415, 'unsupported_charset', 'Send UTF-8.')
  }
}

/** @throws RefusalError 415 when a body is packed where only the collect API unpacks */
export function refusePacked(encoding = ''): void {
  if (encoding === '' || encoding.trim().toLowerCase() === 'identity') return
  const message = 'Send this body without Content-Encoding: only the collect API takes packed bodies.'
  throw new RefusalError(415, 'unsupported_encoding', message)
}

function findUnpacker(header: string | undefined): ((bytes: Buffer) => Promise<Buffer>) | undefined {
  const encoding = (header ?? '').trim().toLowerCase()
  if (encoding === '' || encoding === 'identity') return undefined
  const unpack = Object.hasOwn(unpackers, encoding) ? unpackers[encoding] : undefined
  if (unpack !== undefined) return unpack
  const message = encoding.includes(',')
    ? 'Send one layer of gzip, deflate or brotli, or none.'
    : 'Send gzip, deflate, brotli or no encoding.'
  throw new RefusalError(415, 'unsupported_encoding', message)
}

function collect(request: IncomingMessage, hold: HoldBytes): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX) return Promise.reject(tooLarge())
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      try {
        if (length > BODY_BYTES_MAX) throw tooLarge()
        hold(chunk.length)
        chunks.push(chunk)
      } catch (error) {
        chunks.length = 0
        reject(error)
      }
    })
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    request.on('error', reject)
    request.on('close', () => reject(new Error('The client went away.')))
  })
}

function tooLarge(): RefusalError {
  return new RefusalError(413, 'payload_too_large', `The body may be ${LIMIT} bytes; this one is larger.`)
}

async function unpackBody(packed: Buffer, unpack: (bytes: Buffer) => Promise<Buffer>): Promise<Buffer> {
  try {
    return await unpack(packed)
  } catch (error) {
    throw cannotUnpack(packed, error)
  }
}

function cannotUnpack(packed: Buffer, cause: unknown): RefusalError {
  if ((cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') {
    const message = `The body grows past ${LIMIT} bytes when decompressed.`
    return new RefusalError(413, 'decompressed_too_large', message, { cause })
  }
  const message = 'The body is not in the encoding that Content-Encoding names.'
  return new UnreadableBody('invalid_encoding', message, { raw: packed, cause })
}

/** "deflate" means zlib's form; some clients send the bare one. */
async function unpackDeflate(bytes: Buffer): Promise<Buffer> {
  const isZlib = ((bytes[0] as number) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0
  return promisify(isZlib ? inflate : inflateRaw)(bytes, OPTIONS)
}

/**
 * Proves that bytes are UTF-8, and takes the byte order mark away.
 * @throws RefusalError 400
 */
export function checkText(bytes: Buffer): Buffer {
  // UTF-16 without its mark is valid UTF-8 full of NULs
  if (bytes[0] === 0 || bytes[1] === 0 || !isUtf8(bytes)) {
    const message = `The body is not valid UTF-8 (byte ${firstBadByte(bytes)}). Send UTF-8.`
    throw new UnreadableBody('invalid_utf8', message, { raw: bytes })
  }
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  const text = hasMark ? bytes.subarray(3) : bytes
  if (text.length === 0)
    throw new RefusalError(400, 'empty_body', 'The request has no body. Send a JSON object.')
  return text
}

/** 1 for the first byte. */
function firstBadByte(bytes: Buffer): number {
  let good = 0
  let bad = bytes.length
  while (good < bad) {
    const middle = Math.ceil((good + bad) / 2)
    // a cut inside a character is no fault
    const isGood = [0, 1, 2, 3].some(
      (less) => middle - less >= good && isUtf8(bytes.subarray(0, middle - less)),
    )
    if (isGood) good = middle
    else bad = middle - 1
  }
  return Math.min(good, bytes.length - 1) + 1
}
