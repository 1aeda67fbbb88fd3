import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { link, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

const FILE = 'secret.key'
/** A former key, by its id: kept until nothing is sealed with it any more. */
const FORMER = /^secret\.[0-9a-f]{8}\.key$/
const KEY_BYTES = 32
const KEY_ID_BYTES = 4
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Before keys had ids. */
const FORMAT_WITHOUT_ID = 1
const FORMAT = 2

/** Seals what partners gave us in confidence before it reaches the database: AES-256-GCM, bound to whose it is. */
export class SecretBox {
  readonly #keys: readonly Buffer[]

  /** @param keys the one in force, then former ones that things may still be sealed with; 32 bytes each */
  constructor(keys: readonly Uint8Array[]) {
    this.#keys = keys.map((key) => Buffer.from(key))
  }

  /**
   * @param owner what the secret belongs to: it opens for no other
   * @returns a format byte, the id of the key, nonce, tag, sealed bytes
   */
  seal(secret: unknown, owner: string): Buffer {
    const key = this.#keys[0] as Buffer
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(owner))
    const sealed = Buffer.concat([cipher.update(JSON.stringify(secret), 'utf8'), cipher.final()])
    return Buffer.concat([Buffer.from([FORMAT]), keyId(key), nonce, cipher.getAuthTag(), sealed])
  }

  /** @throws Error when it was sealed with a key that is not here, for another owner, or changed since */
  open(sealed: Uint8Array, owner: string): unknown {
    const bytes = Buffer.from(sealed)
    if (bytes[0] === FORMAT_WITHOUT_ID) return this.#openWithAny(bytes.subarray(1), owner)
    if (bytes[0] !== FORMAT) throw new Error('These bytes were sealed by a newer Affluent, or by none.')
    const id = bytes.subarray(1, 1 + KEY_ID_BYTES)
    const key = this.#keys.find((each) => keyId(each).equals(id))
    if (key === undefined) throw new Error(`These bytes were sealed with the key ${id.toString('hex')}.`)
    return openWith(key, bytes.subarray(1 + KEY_ID_BYTES), owner)
  }

  /** Whether something is sealed as it would be now: in this format, with the key in force. */
  isSealedNow(sealed: Uint8Array): boolean {
    const bytes = Buffer.from(sealed)
    return bytes[0] === FORMAT && keyId(this.#keys[0] as Buffer).equals(bytes.subarray(1, 1 + KEY_ID_BYTES))
  }

  #openWithAny(bytes: Buffer, owner: string): unknown {
    let failure: unknown
    for (const key of this.#keys) {
      try {
        return openWith(key, bytes, owner)
      } catch (error) {
        failure = error
      }
    }
    throw failure
  }
}

function openWith(key: Buffer, bytes: Buffer, owner: string): unknown {
  const nonce = bytes.subarray(0, NONCE_BYTES)
  const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(owner)).setAuthTag(tag)
  const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()])
  return JSON.parse(text.toString('utf8'))
}

/** Tells keys apart and says nothing of them. */
function keyId(key: Buffer): Buffer {
  return createHash('sha256').update('affluent key id').update(key).digest().subarray(0, KEY_ID_BYTES)
}

/**
 * The keys of this installation: `secret.key` in the data directory, made at the first start, readable by its owner
 * only, then former ones. Processes that share a database need the same files.
 */
export async function readSecretKeys(dataDir: string): Promise<Buffer[]> {
  const path = join(dataDir, FILE)
  const inForce = (await readIfThere(path)) ?? (await makeKey(dataDir, path))
  const names = (await readdir(dataDir)).filter((name) => FORMER.test(name)).sort()
  const former = await Promise.all(names.map((name) => readFile(join(dataDir, name))))
  for (const [index, key] of [inForce, ...former].entries())
    if (key.length !== KEY_BYTES)
      throw new Error(
        `${index === 0 ? path : join(dataDir, names[index - 1] as string)} must hold ${KEY_BYTES} bytes and holds ${key.length}: restore it from a backup.`,
      )
  return [inForce, ...former]
}

/**
 * Puts a new key in force; the one before stays beside it until everything is sealed anew, which the next start does.
 */
export async function rotateSecretKey(dataDir: string): Promise<void> {
  const [inForce] = await readSecretKeys(dataDir)
  const path = join(dataDir, FILE)
  await link(path, join(dataDir, `secret.${keyId(inForce as Buffer).toString('hex')}.key`)).catch(
    ignoreExisting,
  )
  await rename(await draftKey(path), path)
  await syncFolder(dataDir)
}

/** Removes the keys that nothing is sealed with any more. */
export async function removeFormerKeys(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) if (FORMER.test(name)) await rm(join(dataDir, name))
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
  const draft = await draftKey(path)
  await link(draft, path).catch(ignoreExisting)
  await rm(draft, { force: true })
  await syncFolder(dataDir)
  return readFile(path)
}

async function draftKey(path: string): Promise<string> {
  const draft = `${path}.${randomBytes(8).toString('hex')}`
  const file = await open(draft, 'w', 0o600)
  try {
    await file.writeFile(randomBytes(KEY_BYTES))
    await file.sync()
  } finally {
    await file.close()
  }
  return draft
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path)
  await folder.sync().finally(() => folder.close())
}
