import { statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { AUDIENCES_MAX } from '@affluent/protocol/limits'

/** The parts of the benchmark, in the order in which they run. */
export const ROWS = [
  'collect',
  'single',
  'walk',
  'plain',
  'flood',
  'latency',
  'console',
  'deliver',
  'scale',
  'read',
  'audience',
] as const
export type RowName = (typeof ROWS)[number]

/** What a run was asked to do. */
export interface BenchOptions {
  readonly only: ReadonlySet<RowName>
  /** measured time of every part instead of its own */
  readonly seconds: number | undefined
  readonly profiles: number
  readonly people: number
  /** audiences of the mix */
  readonly audiences: number
  /** events in all before the row audience is measured */
  readonly events: number
  /** people whose window ends at about the same time, row audience; 0 leaves that part out */
  readonly timers: number
  readonly connections: number
  /** events that may be accepted and not loaded in the walk row */
  readonly backlog: number
  readonly seed: number
  /** of this machine, in whatever currency */
  readonly hourPrice: number
  readonly profile: boolean
  readonly keep: boolean
  readonly folder: string
  readonly out: string | undefined
  /** another collector is measured instead of ours */
  readonly peer: PeerOptions | undefined
  /** another commit, to be measured by turns with this working copy */
  readonly compare: { readonly commit: string; readonly pairs: number } | undefined
}

/** A collector that takes Segment's batches. */
export interface PeerOptions {
  /** of its batches, http */
  readonly url: string
  readonly writeKey: string
}

export const HELP = `npm run bench -- [options]

  --only LIST         of ${ROWS.join(', ')}; default all
  --seconds N         measured time of every part, instead of its own
  --profiles N        profiles of the rows scale, read and audience; default 1000000
  --people N          people of the mix; default 50000
  --audiences N       audiences that are live while the mix is measured; default 5, 0 for none
  --events N          events in all before the row audience is measured; default 10000000
  --timers N          people who leave an audience at about the same time, row audience; default 100000, 0 for none
  --connections N     of the closed loops; default 16
  --backlog N         events accepted and not loaded at the most, row walk; default 60000
  --seed N            of the mix; default 1
  --hour-price N      of this machine, in your currency: what a million events cost; default 0.10
  --profile           where the time goes in each part: functions of the server, perf for the rest
  --dir FOLDER        where data directories are made; default the temporary folder
  --keep              leave them behind
  --out FILE          the result as JSON; default bench/results/<date>-<commit>.json
  --compare COMMIT    the same by turns with another commit, and the ratios of all figures
  --pairs N           how often; default 5
  --peer URL          the load of the row collect against another collector, as http://127.0.0.1:8080/v1/batch
  --peer-key KEY      its write key`

const TMPFS = 0x01021994
// room for those that rows make for themselves
const OWN_AUDIENCES = 10
// the user ids of the mix have eight digits
const PAIRS_MAX = 100
const TIMERS_MAX = 99_999_999
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
      audiences: { type: 'string', default: '5' },
      events: { type: 'string', default: '10000000' },
      timers: { type: 'string', default: '100000' },
      connections: { type: 'string', default: '16' },
      backlog: { type: 'string', default: '60000' },
      seed: { type: 'string', default: '1' },
      'hour-price': { type: 'string', default: '0.10' },
      profile: { type: 'boolean', default: false },
      dir: { type: 'string' },
      keep: { type: 'boolean', default: false },
      out: { type: 'string' },
      compare: { type: 'string' },
      pairs: { type: 'string', default: '5' },
      peer: { type: 'string' },
      'peer-key': { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  return {
    only: readOnly(values.only),
    seconds: values.seconds === undefined ? undefined : readNumber('seconds', values.seconds),
    profiles: readNumber('profiles', values.profiles),
    people: readNumber('people', values.people),
    audiences: readWhole('audiences', values.audiences, AUDIENCES_MAX - OWN_AUDIENCES),
    events: readNumber('events', values.events),
    timers: readWhole('timers', values.timers, TIMERS_MAX),
    connections: readNumber('connections', values.connections),
    backlog: readNumber('backlog', values.backlog),
    seed: readNumber('seed', values.seed),
    hourPrice: readNumber('hour-price', values['hour-price']),
    profile: values.profile,
    keep: values.keep,
    folder: values.dir === undefined ? defaultFolder() : resolve(values.dir),
    out: values.out === undefined ? undefined : resolve(values.out),
    peer: values.peer === undefined ? undefined : readPeer(values.peer, values['peer-key']),
    compare:
      values.compare === undefined
        ? undefined
        : { commit: values.compare, pairs: readWhole('pairs', values.pairs, PAIRS_MAX) },
  }
}

function readPeer(url: string, writeKey: string): PeerOptions {
  if (!URL.canParse(url) || new URL(url).protocol !== 'http:')
    throw new Error(
      `--peer takes the address of batches, as http://127.0.0.1:8080/v1/batch; "${url}" is none.`,
    )
  return { url, writeKey }
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

function readWhole(name: string, text: string, max: number): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= max) return value
  throw new Error(`--${name} takes a whole number from 0 to ${max}; "${text}" is none.`)
}

/** The temporary folder, unless it is in memory, where a synchronised write costs nothing and proves nothing. */
function defaultFolder(): string {
  return statfsSync(tmpdir()).type === TMPFS ? resolve(REPOSITORY, 'bench/data') : tmpdir()
}
