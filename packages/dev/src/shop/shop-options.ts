import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

/** What the demo shop was asked to do. */
export interface ShopRun {
  readonly seed: number
  readonly people: number
  readonly days: number
  /** milliseconds since the epoch; undefined: now */
  readonly endAt: number | undefined
  /** times the usual pace of living on; 0: end after the history */
  readonly speed: number
  readonly task:
    | { readonly kind: 'demo'; readonly file: string }
    | { readonly kind: 'send'; readonly url: string; readonly key: string }
    | { readonly kind: 'write'; readonly out: string; readonly truth: string | undefined }
}

export const HELP = `npm run shop -- DEMO_FILE | --out FILE | --url URL --key KEY   [options]

  DEMO_FILE           demo.json in the data directory of a server: sends the history there, then lives on beside it
  --out FILE          writes the events, one a line, and sends nothing
  --truth FILE        with --out: whose each line is, which no event says
  --url URL --key KEY sends everything under one write key, as fast as the server takes it

  --people N          who have to do with the shop; default 2000, about 31 events each
  --days N            for which it has been open; default 90
  --seed N            another seed, other people; default 1
  --end DATE          until when, ISO 8601; default now. The same seed, size and end give the same bytes
  --speed N           of living on after the history, times the usual pace; default 1 with DEMO_FILE, otherwise 0: not at all`

const PEOPLE_MAX = 10_000_000
const DAYS_MAX = 1_000
const SPEED_MAX = 1_000

/**
 * Reads the command line.
 * @returns undefined when help was asked for
 * @throws Error with one line when it cannot be read
 */
export function readShopOptions(args: readonly string[]): ShopRun | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...{
        out: { type: 'string' },
        truth: { type: 'string' },
        url: { type: 'string' },
        key: { type: 'string' },
      },
      people: { type: 'string', default: '2000' },
      days: { type: 'string', default: '90' },
      seed: { type: 'string', default: '1' },
      ...{ end: { type: 'string' }, speed: { type: 'string' }, help: { type: 'boolean', default: false } },
    },
  })
  if (values.help) return undefined
  const task = readTask(values, positionals)
  return {
    seed: readWhole('seed', values.seed, 0, 2 ** 31 - 1),
    people: readWhole('people', values.people, 1, PEOPLE_MAX),
    days: readWhole('days', values.days, 1, DAYS_MAX),
    endAt: values.end === undefined ? undefined : readDate(values.end),
    speed: readSpeed(values.speed ?? (task.kind === 'demo' ? '1' : '0')),
    task,
  }
}

type Said = Readonly<Partial<Record<'out' | 'truth' | 'url' | 'key', string | undefined>>>

function readTask({ out, truth, url, key }: Said, positionals: readonly string[]): ShopRun['task'] {
  const [file, ...more] = positionals
  if ([file, out, url].filter((said) => said !== undefined).length !== 1 || more.length > 0)
    throw new Error('Name one of: a demo file, --out FILE, or --url URL with --key KEY. --help says more.')
  if (truth !== undefined && out === undefined) throw new Error('--truth stands beside --out FILE.')
  if (file !== undefined) return { kind: 'demo', file: resolve(file) }
  if (out !== undefined) {
    return { kind: 'write', out: resolve(out), truth: truth === undefined ? undefined : resolve(truth) }
  }
  if (url === undefined || !URL.canParse(url)) throw new Error(`--url takes an address; "${url}" is none.`)
  if (key === undefined) throw new Error('--url needs --key, a write key of that server.')
  return { kind: 'send', url, key }
}

function readWhole(name: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value
  throw new Error(`--${name} takes a whole number from ${min} to ${max}; "${text}" is none.`)
}

function readSpeed(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value <= SPEED_MAX) return value
  throw new Error(`--speed takes a number from 0 to ${SPEED_MAX}; "${text}" is none.`)
}

function readDate(text: string): number {
  const at = Date.parse(text)
  if (Number.isFinite(at)) return at
  throw new Error(`--end takes a date, such as 2026-11-21T10:00:00Z; "${text}" is none.`)
}
