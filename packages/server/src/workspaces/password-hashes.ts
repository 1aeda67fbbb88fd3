import { randomBytes } from 'node:crypto'
import { PASSWORD_HASHES_MAX, PASSWORD_HASHES_WAITING_MAX } from '@affluent/protocol/limits'
import { hash, verify } from '@node-rs/argon2'

// Argon2id as OWASP's password storage sheet has it: 19 MiB, two passes, one lane
const COSTS = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 }

/** More passwords wait to be hashed than may wait. */
export class TooManyPasswords extends Error {
  override readonly name = 'TooManyPasswords'
}

/**
 * Hashes passwords beside the event loop, few at once: whoever signs in must not take the machine from the processor.
 */
export class PasswordHashes {
  readonly #waiting: (() => void)[] = []
  readonly #nobodys: string
  #running = 0

  private constructor(nobodys: string) {
    this.#nobodys = nobodys
  }

  static async create(): Promise<PasswordHashes> {
    return new PasswordHashes(await hash(randomBytes(32), COSTS))
  }

  /**
   * @returns the hash with its salt and costs
   * @throws TooManyPasswords
   */
  hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(password, COSTS))
  }

  /**
   * Whether a password belongs to a hash.
   * @param known undefined when there is no such member: it takes the same time to say no
   * @throws TooManyPasswords
   */
  async isRight(known: string | undefined, password: string): Promise<boolean> {
    const isRight = await this.#inTurn(() => verify(known ?? this.#nobodys, password))
    return known !== undefined && isRight
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < PASSWORD_HASHES_MAX) this.#running++
    else await this.#wait()
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      // the turn is handed on
      if (next === undefined) this.#running--
      else next()
    }
  }

  #wait(): Promise<void> {
    if (this.#waiting.length >= PASSWORD_HASHES_WAITING_MAX)
      throw new TooManyPasswords('Too many passwords wait to be checked.')
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}
