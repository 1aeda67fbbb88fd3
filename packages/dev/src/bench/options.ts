import { statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

/** The parts of the benchmark, in the order in which they run. */
export const ROWS = ['collect', 'single', 'walk', 'latency', 'scale', 'read'] as const
export type RowName = (typeof ROWS)[number]

/** What a run was asked to do. */
export interface BenchOptions {
  readonly only: ReadonlySet<RowName>
  /** measured time of every part instead of its own */
  readonly seconds: number | undefined
  readonly profiles: number
  readonly people: number
  readonly connections: number
  /** events that may be accepted and not loaded in the walk row */
  readonly backlog: number
  readonly seed: number
  readonly profile: boolean
  readonly keep: boolean
  readonly folder: string
  readonly out: string | undefined
}

export const HELP = `npm run bench -- [options]

  --only LIST         of ${ROWS.join(', ')}; default all
  --seconds N         measured time of every part, instead of its own
  --profiles N        profiles of the rows read and scale; default 1000000
  --people N          people of the mix; default 50000
  --connections N     of the closed loops; default 16
  --backlog N         events accepted and not loaded at the most, row walk; default 60000
  --seed N            of the mix; default 1
  --profile           where the time goes in each part: functions of the server, perf for the rest
  --dir FOLDER        where data directories are made; default the temporary folder
  --keep              leave them behind
  --out FILE          the result as JSON; default bench/results/<date>-<commit>.json`

const TMPFS = 0x01021994
const REPOSITORY = resolve(import.meta.dirname, '../../../..')
/** Where results go. */
export const RESULTS = resolve(REPOSITORY, 'bench/results')

/**
 * Reads the command line.
 * @returns undefined when help was asked for
 * @throws Error with one line when it cannot be read
 */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      seconds: { type: 'string' },
      profiles: { type: 'string', default: '1000000' },
      people: { type: 'string', default: '50000' },
      connections: { type: 'string', default: '16' },
      backlog: { type: 'string', default: '60000' },
      seed: { type: 'string', default: '1' },
      profile: { type: 'boolean', default: false },
      dir: { type: 'string' },
      keep: { type: 'boolean', default: false },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  return {
    only: readOnly(values.only),
    seconds: values.seconds === undefined ? undefined : readNumber('seconds', values.seconds),
    profiles: readNumber('profiles', values.profiles),
    people: readNumber('people', values.people),
    connections: readNumber('connections', values.connections),
    backlog: readNumber('backlog', values.backlog),
    seed: readNumber('seed', values.seed),
    profile: values.profile,
    keep: values.keep,
    folder: values.dir === undefined ? defaultFolder() : resolve(values.dir),
    out: values.out === undefined ? undefined : resolve(values.out),
  }
}

function readOnly(list: string | undefined): ReadonlySet<RowName> {
  if (list === undefined) return new Set(ROWS)
  const names = list.split(',').map((name) => name.trim())
  for (const name of names)
    if (!(ROWS as readonly string[]).includes(name))
      throw new Error(`--only takes ${ROWS.join(', ')}; "${name}" is none of them.`)
  return new Set(names as RowName[])
}

function readNumber(name: string, text: string): number {
  const value = Number(text)
  if (Number.isFinite(value) && value > 0) return value
  throw new Error(`--${name} takes a number above 0; "${text}" is none.`)
}

/** The temporary folder, unless it is in memory, where a synchronised write costs nothing and proves nothing. */
function defaultFolder(): string {
  return statfsSync(tmpdir()).type === TMPFS ? resolve(REPOSITORY, 'bench/data') : tmpdir()
}
