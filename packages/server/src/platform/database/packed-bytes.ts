import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'

/** First byte of what is packed; no format of ours begins with it. */
const PACKED = 0xb1
/** What is shorter fits into its row, and packing it would cost more than it spares. */
const PACK_FROM_BYTES = 2_048
const QUALITY = 1
const WINDOW_BITS = 18

/**
 * Bytes as a table keeps them: PostgreSQL writes each of them three times (its log, the row, the disk), and the events
 * of one commit say mostly the same. The lowest quality that looks for repetitions is seven times shorter and costs
 * less than the bytes that it spares.
 * @param bytes whose first byte is a format of ours
 */
export function packBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.length < PACK_FROM_BYTES) return bytes
  const packed = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
    chunkSize: Math.max(PACK_FROM_BYTES, bytes.length >> 2),
  })
  return packed.length + 1 < bytes.length ? Buffer.concat([Buffer.of(PACKED), packed]) : bytes
}

/** @param bytes as `packBytes` gave them, or as an earlier version stored them */
export function unpackBytes(bytes: Buffer): Buffer {
  return bytes[0] === PACKED ? brotliDecompressSync(bytes.subarray(1)) : bytes
}
