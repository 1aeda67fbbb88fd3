import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import {
  type BrotliOptions,
  brotliDecompress,
  gunzip,
  inflate,
  inflateRaw,
  type ZlibOptions,
} from 'node:zlib'
import { BODY_BYTES_MAX, KEYLESS_BODY_BYTES_MAX } from '@affluent/protocol/limits'
import { ApiError } from './api-error.ts'
import type { HoldBytes } from './body-budget.ts'

type Unpack = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>
const unpackers: Readonly<Record<string, Unpack>> = {
  gzip: promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  'x-gzip': promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  deflate: unpackDeflate,
  br: promisify<Buffer, BrotliOptions, Buffer>(brotliDecompress),
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
export class UnreadableBody extends ApiError {
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

/** How large a body may be, and what is said of a larger one. */
export interface BodyBound {
  readonly bytes: number
  readonly otherwise: string
}

const bytesText = (bytes: number) => bytes.toLocaleString('en-US')
/** Of a body whose sender is known by the head of the request. */
export const KEYED_BODY: BodyBound = {
  bytes: BODY_BYTES_MAX,
  otherwise: `A body may be ${bytesText(BODY_BYTES_MAX)} bytes; this one is larger. Send it in parts.`,
}
/** Of a body that anybody may send. */
export const KEYLESS_BODY: BodyBound = {
  bytes: KEYLESS_BODY_BYTES_MAX,
  otherwise: `A body may be ${bytesText(KEYLESS_BODY_BYTES_MAX)} bytes when the write key stands in it alone, ${bytesText(BODY_BYTES_MAX)} when the Authorization header or the query names the key; this one is larger.`,
}

/**
 * The bytes of a JSON body: bounded, unpacked, proved to be UTF-8, without a byte order mark.
 * @param bound for the bytes as they come, and unpacked
 * @param hold told of the bytes that are in hand
 * @throws ApiError 400, 413, 415 or 429; UnreadableBody when there are bytes to keep
 */
export async function readBody(request: IncomingMessage, bound: BodyBound, hold: HoldBytes): Promise<Buffer> {
  checkType(request.headers['content-type'])
  const unpack = findUnpacker(request.headers['content-encoding'])
  const packed = await collect(request, bound, hold)
  if (packed.length === 0)
    throw new ApiError(400, 'empty_body', 'The request has no body. Send a JSON object.')
  const bytes = unpack === undefined ? packed : await unpackBody(packed, unpack, bound)
  if (bytes !== packed) hold(bytes.length)
  return checkText(bytes)
}

function checkType(header: string | undefined): void {
  const type = (header ?? '').toLowerCase().split(';', 1)[0]?.trim() ?? ''
  if (!TYPES.has(type) && !/^application\/[\w.-]+\+json$/.test(type)) {
    const message = 'Send application/json (text/plain is accepted from browsers).'
    throw new ApiError(415, 'unsupported_media_type', message)
  }
  checkCharset(header)
}

/** @throws ApiError 415 when a content type names another charset than UTF-8 */
export function checkCharset(header: string | undefined): void {
  const [, ...parameters] = (header ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length)
  if (charset !== undefined && !/^"?utf-?8"?$/.test(charset)) {
    throw new ApiError(415, 'unsupported_charset', 'Send UTF-8.')
  }
}

/** @throws ApiError 415 when a body is packed where only the collect API unpacks */
export function refusePacked(encoding = ''): void {
  if (encoding === '' || encoding.trim().toLowerCase() === 'identity') return
  const message = 'Send this body without Content-Encoding: only the collect API takes packed bodies.'
  throw new ApiError(415, 'unsupported_encoding', message)
}

function findUnpacker(header: string | undefined): Unpack | undefined {
  const encoding = (header ?? '').trim().toLowerCase()
  if (encoding === '' || encoding === 'identity') return undefined
  const unpack = Object.hasOwn(unpackers, encoding) ? unpackers[encoding] : undefined
  if (unpack !== undefined) return unpack
  const message = encoding.includes(',')
    ? 'Send one layer of gzip, deflate or brotli, or none.'
    : 'Send gzip, deflate, brotli or no encoding.'
  throw new ApiError(415, 'unsupported_encoding', message)
}

function collect(request: IncomingMessage, bound: BodyBound, hold: HoldBytes): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > bound.bytes) return Promise.reject(tooLarge(bound))
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      try {
        if (length > bound.bytes) throw tooLarge(bound)
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

function tooLarge(bound: BodyBound): ApiError {
  return new ApiError(413, 'payload_too_large', bound.otherwise)
}

async function unpackBody(packed: Buffer, unpack: Unpack, bound: BodyBound): Promise<Buffer> {
  try {
    return await unpack(packed, { maxOutputLength: bound.bytes })
  } catch (error) {
    throw cannotUnpack(packed, bound, error)
  }
}

function cannotUnpack(packed: Buffer, bound: BodyBound, cause: unknown): ApiError {
  if ((cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') {
    const message = `Decompressed, the body is too large. ${bound.otherwise}`
    return new ApiError(413, 'decompressed_too_large', message, { cause })
  }
  const message = 'The body is not in the encoding that Content-Encoding names.'
  return new UnreadableBody('invalid_encoding', message, { raw: packed, cause })
}

/** "deflate" means zlib's form; some clients send the bare one. */
function unpackDeflate(bytes: Buffer, options: ZlibOptions): Promise<Buffer> {
  const isZlib = ((bytes[0] as number) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0
  return promisify<Buffer, ZlibOptions, Buffer>(isZlib ? inflate : inflateRaw)(bytes, options)
}

/**
 * Proves that bytes are UTF-8, and takes the byte order mark away.
 * @throws ApiError 400
 */
export function checkText(bytes: Buffer): Buffer {
  // UTF-16 without its mark is valid UTF-8 full of NULs
  if (bytes[0] === 0 || bytes[1] === 0 || !isUtf8(bytes)) {
    const message = `The body is not valid UTF-8 (byte ${firstBadByte(bytes)}). Send UTF-8.`
    throw new UnreadableBody('invalid_utf8', message, { raw: bytes })
  }
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  const text = hasMark ? bytes.subarray(3) : bytes
  if (text.length === 0) throw new ApiError(400, 'empty_body', 'The request has no body. Send a JSON object.')
  return text
}

/** 1 for the first byte: that of the first character that cannot be read. */
function firstBadByte(bytes: Buffer): number {
  if (bytes[0] === 0) return 1
  if (bytes[1] === 0) return 2
  let good = 0
  let bad = bytes.length
  while (good < bad) {
    const middle = Math.ceil((good + bad) / 2)
    if (readableLength(bytes, middle) === undefined) bad = middle - 1
    else good = middle
  }
  return (readableLength(bytes, good) ?? 0) + 1
}

/** Of the first bytes, those that are whole characters: a cut inside the last one is no fault. */
function readableLength(bytes: Buffer, end: number): number | undefined {
  for (let length = end; length >= Math.max(0, end - 3); length--)
    if (isUtf8(bytes.subarray(0, length))) return length
  return undefined
}
