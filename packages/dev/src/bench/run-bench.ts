import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setAudiences } from './api/set-audiences.ts'
import { AcknowledgedEvents, type BenchContext } from './bench-context.ts'
import { runCompare } from './compare/run-compare.ts'
import { LoadTool } from './load/load-tool.ts'
import { type MachineFacts, readMachineFacts } from './machine/machine-facts.ts'
import { makeAudiences } from './mix/audiences.ts'
import { type BenchOptions, HELP, RESULTS, type RowName, readOptions } from './options.ts'
import { Profiler } from './profile/profiler.ts'
import { type Row, reaches } from './report/figure.ts'
import { printReport } from './report/print-report.ts'
import { measureAudience } from './rows/audience-row.ts'
import { measureCollect } from './rows/collect-row.ts'
import { measureConsole } from './rows/console-row.ts'
import { measureDeliver } from './rows/deliver-row.ts'
import { measureFlood } from './rows/flood-row.ts'
import { measureLatency } from './rows/latency-row.ts'
import { measurePeer } from './rows/peer-row.ts'
import { measureRead } from './rows/read-row.ts'
import { measureScale } from './rows/scale-row.ts'
import { ProfileStock } from './rows/seed-profiles.ts'
import { measureSingle } from './rows/single-row.ts'
import { measurePlainWalk, measureWalk } from './rows/walk-row.ts'
import { ServerUnderTest } from './server-under-test.ts'

type Measure = (context: BenchContext) => Promise<Row>

/** Rows on one server, started for them: a row leaves its profiles and events to the next one. */
interface ServerRows {
  /** without the audiences of the mix */
  readonly plain?: boolean
  readonly rows: readonly (readonly [RowName, Measure])[]
}

const SERVERS: readonly ServerRows[] = [
  {
    rows: [
      ['collect', measureCollect],
      ['single', measureSingle],
      ['walk', measureWalk],
      ['latency', measureLatency],
      ['console', measureConsole],
    ],
  },
  { plain: true, rows: [['plain', measurePlainWalk]] },
  { rows: [['flood', measureFlood]] },
  { rows: [['deliver', measureDeliver]] },
  {
    rows: [
      ['scale', measureScale],
      ['read', measureRead],
      ['audience', measureAudience],
    ],
  },
]

const LOG_LINES_SHOWN = 10

/**
 * The benchmark.
 * @returns the exit code: 0; 1 when a floor was missed or a count does not add up; 2 when the command line cannot be
 * read
 */
export async function runBench(args: readonly string[]): Promise<number> {
  let options: BenchOptions | undefined
  try {
    options = readOptions(args)
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    return 2
  }
  if (options === undefined) {
    console.log(HELP)
    return 0
  }
  mkdirSync(options.folder, { recursive: true })
  const { compare, folder } = options
  if (compare !== undefined) return runCompare({ ...compare, folder, args: withoutCompare(args) })
  const facts = readMachineFacts(options.folder)
  const rows: Row[] = []
  const failure = await measureAll(options, rows)
  console.log(`\n${printReport(facts, rows)}`)
  if (rows.length > 0) console.log(`Written to ${writeResult(options, facts, rows)}`)
  if (failure !== undefined) console.error(`The benchmark did not end: ${failure}`)
  return failure === undefined && rows.every(isGood) ? 0 : 1
}

/**
 * Measures what is wanted.
 * @param rows gets each row once it was measured, so that an end before the end leaves those before
 * @returns why it ended too early, if so
 */
async function measureAll(options: BenchOptions, rows: Row[]): Promise<string | undefined> {
  const began = performance.now()
  const say = (text: string) =>
    console.log(`${((performance.now() - began) / 1_000).toFixed(0).padStart(4)} s  ${text}`)
  const tool = await LoadTool.start()
  try {
    if (options.peer !== undefined) {
      rows.push(await measurePeer(tool, options, options.peer))
      return undefined
    }
    for (const { rows: measures, plain = false } of SERVERS) {
      const wanted = measures.filter(([name]) => options.only.has(name))
      if (wanted.length > 0) await measureOn({ plain, rows: wanted }, { options, tool, say }, rows)
    }
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    await tool.stop()
    say('done')
  }
}

/** What both commits are asked: all but what is said of the comparison itself, and of places. */
function withoutCompare(args: readonly string[]): string[] {
  const said = ['--compare', '--pairs', '--dir', '--out']
  return args.filter((arg, at) => {
    const before = args[at - 1] ?? ''
    return !said.some((name) => arg === name || arg.startsWith(`${name}=`) || before === name)
  })
}

async function measureOn(
  { plain, rows: measures }: ServerRows,
  shared: Pick<BenchContext, 'options' | 'tool' | 'say'>,
  rows: Row[],
): Promise<void> {
  const { options, say } = shared
  const profiler = options.profile ? new Profiler() : undefined
  say('starting the server')
  const server = await ServerUnderTest.start({
    folder: options.folder,
    keep: options.keep,
    nodeArgs: profiler?.nodeArgs ?? [],
    env: profiler?.env ?? {},
  })
  const stopped = stopSignal()
  const ledger = new AcknowledgedEvents()
  const context = { ...shared, server, profiler, ledger, profiles: new ProfileStock() }
  try {
    const audiences = plain === true ? [] : makeAudiences(options.audiences)
    await Promise.race([setAudiences(context, audiences), stopped])
    for (const [name, measure] of measures) {
      say(name)
      rows.push(await Promise.race([measure(context), stopped]))
    }
  } finally {
    for (const line of (await server.logLines()).slice(0, LOG_LINES_SHOWN)) say(`  server: ${line}`)
    await server.stop()
  }
}

/** Rejects when somebody wants us to stop: the server must end and its data must go first. */
function stopSignal(): Promise<never> {
  const stopped = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => reject(new Error(`stopped by ${signal}`)))
  })
  // between two rows nobody waits for it
  stopped.catch(() => undefined)
  return stopped
}

function isGood({ figures, checks }: Row): boolean {
  const floors = figures.every((figure) => figure.floor === undefined || reaches(figure, figure.floor))
  return floors && checks.every(({ holds }) => holds)
}

function writeResult(options: BenchOptions, facts: MachineFacts, rows: readonly Row[]): string {
  const date = new Date().toISOString()
  const name = `${date.slice(0, 10)}-${facts.commit}${facts.dirty ? '-changed' : ''}.json`
  const file = options.out ?? join(RESULTS, name)
  mkdirSync(dirname(file), { recursive: true })
  const asked = { ...options, only: [...options.only] }
  writeFileSync(file, `${JSON.stringify({ date, options: asked, machine: facts, rows }, undefined, 2)}\n`)
  return file
}
