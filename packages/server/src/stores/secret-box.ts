import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { link, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

const FILE = 'secret.key'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const FORMAT = 1

/** Seals what partners gave us in confidence before it reaches the database: AES-256-GCM, bound to whose it is. */
export class SecretBox {
  readonly #key: Buffer

  /** @param key 32 bytes */
  constructor(key: Uint8Array) {
    this.#key = Buffer.from(key)
  }

  /**
   * @param owner what the secret belongs to: it opens for no other
   * @returns a format byte, nonce, tag, sealed bytes
   */
  seal(secret: unknown, owner: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(owner))
    const sealed = Buffer.concat([cipher.update(JSON.stringify(secret), 'utf8'), cipher.final()])
    return Buffer.concat([Buffer.from([FORMAT]), nonce, cipher.getAuthTag(), sealed])
  }

  /** @throws Error when it was sealed with another key, for another owner, or changed since */
  open(sealed: Uint8Array, owner: string): unknown {
    const bytes = Buffer.from(sealed)
    if (bytes[0] !== FORMAT) throw new Error('These bytes were sealed by a newer Affluent, or by none.')
    const nonce = bytes.subarray(1, 1 + NONCE_BYTES)
    const tag = bytes.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES)
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(Buffer.from(owner)).setAuthTag(tag)
    const text = Buffer.concat([
      decipher.update(bytes.subarray(1 + NONCE_BYTES + TAG_BYTES)),
      decipher.final(),
    ])
    return JSON.parse(text.toString('utf8'))
  }
}

/**
 * The key of this installation: `secret.key` in the data directory, made at the first start, readable by its owner only. Processes that share a
 * database need the same file.
 */
export async function readSecretKey(dataDir: string): Promise<Buffer> {
  const path = join(dataDir, FILE)
  const key = (await readIfThere(path)) ?? (await makeKey(dataDir, path))
  if (key.length === KEY_BYTES) return key
  throw new Error(`${path} must hold ${KEY_BYTES} bytes and holds ${key.length}: restore it from a backup.`)
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Whole or not at all: written aside, synced, and linked to its name, which fails when another process was first. */
async function makeKey(dataDir: string, path: string): Promise<Buffer> {
  const draft = `${path}.${randomBytes(8).toString('hex')}`
  const file = await open(draft, 'w', 0o600)
  try {
    await file.writeFile(randomBytes(KEY_BYTES))
    await file.sync()
  } finally {
    await file.close()
  }
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(draft, { force: true })
  const folder = await open(dataDir)
  await folder.sync().finally(() => folder.close())
  return readFile(path)
}
