import { mkdtempSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ServerUnderTest } from '../server-under-test.ts'
import { type CpuProfile, type FunctionTime, topByRoom, topBySelf, topByTotal } from './top-functions.ts'

const WRITTEN_MS_MAX = 20_000
const POLL_MS = 200
const SELF_SHOWN = 25
const TOTAL_SHOWN = 30
const ROOMS_SHOWN = 40

/** What took the time of one thread of the server. */
export interface ThreadProfile {
  readonly thread: string
  /** kept, for DevTools or speedscope */
  readonly file: string
  /** folders of ours, each with what it calls outside of ours */
  readonly rooms: readonly FunctionTime[]
  readonly self: readonly FunctionTime[]
  readonly total: readonly FunctionTime[]
}

/** Profiles the server's JavaScript for a part of its life. */
export class Profiler {
  /** for node, before the server's program */
  readonly nodeArgs: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly #folder: string

  constructor() {
    // kept: large, and no part of the result
    this.#folder = mkdtempSync(join(tmpdir(), 'affluent-profile-'))
    this.nodeArgs = ['--import', new URL('./hook.js', import.meta.url).href]
    this.env = { AFFLUENT_BENCH_PROFILES: this.#folder }
  }

  begin(server: ServerUnderTest): void {
    server.signal('SIGUSR2')
  }

  /**
   * Ends the profile and reads what was written.
   * @param name of the part that was profiled, for the files
   */
  async end(server: ServerUnderTest, name: string): Promise<ThreadProfile[]> {
    server.signal('SIGUSR2')
    await this.#written()
    return this.#files().map((written) => {
      const file = written.replace('thread-', `${name}-`)
      renameSync(written, file)
      const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile
      return {
        thread: /(\d+)\.cpuprofile$/.exec(file)?.[1] ?? '',
        file,
        rooms: topByRoom(profile, ROOMS_SHOWN, roomOf),
        self: topBySelf(profile, SELF_SHOWN),
        total: topByTotal(profile, TOTAL_SHOWN, (url) => url.includes('/packages/')),
      }
    })
  }

  #files(): string[] {
    const names = readdirSync(this.#folder).filter((name) => name.startsWith('thread-'))
    return names.map((name) => join(this.#folder, name))
  }

  /** Waits until files are there and no longer grow. */
  async #written(): Promise<void> {
    const deadline = performance.now() + WRITTEN_MS_MAX
    let last = -1
    while (performance.now() < deadline) {
      await pause(POLL_MS)
      const bytes = this.#files().reduce((sum, file) => sum + statSync(file).size, 0)
      if (bytes > 0 && bytes === last) return
      last = bytes
    }
  }
}

/** Package and folder of a file of ours, as `server/identity`; undefined: it is not ours. */
function roomOf(url: string): string | undefined {
  const [, name, path = ''] = /\/packages\/([^/]+)\/(?:dist|src)\/(.*)$/.exec(url) ?? []
  if (name === undefined) return undefined
  const folders = path.split('/').slice(0, -1)
  // the platform is no room but a storey
  return [name, ...folders.slice(0, folders[0] === 'platform' ? 2 : 1)].join('/')
}
