import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const NONCE_BYTES = 16
const FORM = /^([\w-]{22})\.([\w-]{43})$/

/**
 * Marks a browser in which somebody has signed in, and knows it again (OWASP's device cookie): its tries to sign in
 * have a counter of their own, so that a stranger's tries do not keep its owner out. The mark opens nothing.
 */
export class KnownDevices {
  readonly #key: Buffer

  /** @param secretKey of the installation */
  constructor(secretKey: Uint8Array) {
    this.#key = createHmac('sha256', secretKey).update('affluent known device').digest()
  }

  /** A mark for the browser of whoever has signed in to an account. */
  mark(account: string): string {
    const nonce = randomBytes(NONCE_BYTES).toString('base64url')
    return `${nonce}.${this.#sign(nonce, account).toString('base64url')}`
  }

  /** @returns what tells this browser from others; undefined when nobody has signed in to the account in it */
  recognise(mark: string | undefined, account: string): string | undefined {
    const [, nonce, signature] = FORM.exec(mark ?? '') ?? []
    if (nonce === undefined || signature === undefined) return undefined
    return timingSafeEqual(this.#sign(nonce, account), Buffer.from(signature, 'base64url'))
      ? nonce
      : undefined
  }

  #sign(nonce: string, account: string): Buffer {
    return createHmac('sha256', this.#key).update(`${nonce}\n${account}`).digest()
  }
}
