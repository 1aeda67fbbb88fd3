import { Resolver } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import {
  LOOKUP_MS_MAX,
  LOOKUPS_WORKSPACE_MAX,
  NAME_FAILURE_MS,
  NAME_FAILURES_MAX,
} from '@affluent/protocol/limits'

/** Where names are looked up; tests hand in their own. */
export interface NameSources {
  /** name servers, `address` or `address:port`; absent: those of the machine */
  readonly servers?: readonly string[]
  /** a file of names that go before them */
  readonly hostsFile?: string
}

/** A name that stands for nothing, or whose servers did not say so in time. */
export class NameNotFound extends Error {
  override readonly name = 'NameNotFound'
  readonly code = 'ENOTFOUND'
}

/**
 * Looks host names up on sockets of its own and within a bound of time: what Node's `lookup` does waits on threads that
 * everything else needs too, for as long as a name server likes. Each workspace has so many look-ups under way and no
 * more, so that its slow names are its own trouble.
 */
export class NameResolver {
  readonly #sources: NameSources
  readonly #asking = new Map<string, Promise<readonly string[]>>()
  readonly #failed = new Map<string, { readonly until: number; readonly error: unknown }>()
  readonly #turns = new Map<number, Turns>()

  constructor(sources: NameSources = {}) {
    this.#sources = sources
  }

  /**
   * All addresses of a host name, IPv4 first.
   * @param workspace on whose behalf it is asked
   * @throws NameNotFound
   */
  async resolve(host: string, workspace: number): Promise<readonly string[]> {
    const local = await this.#readHosts(host)
    if (local.length > 0) return local
    const failed = this.#failed.get(host)
    if (failed !== undefined && failed.until > Date.now()) throw failed.error
    // one question a name at a time, whoever asks
    let asking = this.#asking.get(host)
    if (asking === undefined) {
      asking = this.#ask(host, workspace).finally(() => this.#asking.delete(host))
      this.#asking.set(host, asking)
    }
    return asking
  }

  async #ask(host: string, workspace: number): Promise<readonly string[]> {
    const turns = this.#turns.get(workspace) ?? new Turns(LOOKUPS_WORKSPACE_MAX)
    this.#turns.set(workspace, turns)
    if (!(await turns.take(LOOKUP_MS_MAX)))
      throw new NameNotFound(`Too many other names are looked up before "${host}".`)
    try {
      return await this.#query(host)
    } catch (error) {
      this.#remember(host, error)
      throw error
    } finally {
      turns.give()
      if (turns.isIdle) this.#turns.delete(workspace)
    }
  }

  async #query(host: string): Promise<readonly string[]> {
    const resolver = new Resolver({ timeout: LOOKUP_MS_MAX / 2, tries: 2 })
    if (this.#sources.servers !== undefined) resolver.setServers([...this.#sources.servers])
    const timer = setTimeout(() => resolver.cancel(), LOOKUP_MS_MAX)
    try {
      const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
      const addresses = found.flatMap((each) => (each.status === 'fulfilled' ? each.value : []))
      if (addresses.length > 0) return addresses
      throw new NameNotFound(`"${host}" is not known.`)
    } finally {
      clearTimeout(timer)
    }
  }

  /** A name that is not known is not asked for again at once. */
  #remember(host: string, error: unknown): void {
    if (this.#failed.size >= NAME_FAILURES_MAX) this.#failed.clear()
    this.#failed.set(host, { until: Date.now() + NAME_FAILURE_MS, error })
  }

  async #readHosts(host: string): Promise<readonly string[]> {
    const text = await readFile(this.#sources.hostsFile ?? '/etc/hosts', 'utf8').catch(() => '')
    const found = text.split('\n').flatMap((line) => {
      const [address = '', ...names] = (line.split('#', 1)[0] as string).trim().split(/\s+/)
      return isIP(address) !== 0 && names.some((name) => name.toLowerCase() === host) ? [address] : []
    })
    return found.length === 0 && host === 'localhost' ? ['127.0.0.1', '::1'] : found
  }
}

/** So many at once, and the others one after the other as they came. */
class Turns {
  #free: number
  readonly #all: number
  readonly #waiting: ((isMine: boolean) => void)[] = []

  constructor(all: number) {
    this.#all = all
    this.#free = all
  }

  get isIdle(): boolean {
    return this.#free === this.#all && this.#waiting.length === 0
  }

  /** @returns false when none came in time */
  take(waitMs: number): Promise<boolean> {
    if (this.#free > 0) {
      this.#free--
      return Promise.resolve(true)
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(mine), 1)
        resolve(false)
      }, waitMs)
      const mine = (isMine: boolean) => {
        clearTimeout(timer)
        resolve(isMine)
      }
      this.#waiting.push(mine)
    })
  }

  give(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free++
    else next(true)
  }
}
