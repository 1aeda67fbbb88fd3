import { type CpuReport, inParses } from '../machine/cpu-ledger.ts'
import type { MachineFacts } from '../machine/machine-facts.ts'
import type { PerfReport } from '../profile/perf.ts'
import type { ThreadProfile } from '../profile/profiler.ts'
import type { FunctionTime } from '../profile/top-functions.ts'
import { type Figure, type Row, reaches } from './figure.ts'

const HEADINGS = ['figure', 'measured', 'limit in this run', 'ratio', 'floor', 'goal'] as const

/** The whole result as text. */
export function printReport(facts: MachineFacts, rows: readonly Row[]): string {
  return [printFacts(facts), printTable(rows.flatMap((row) => row.figures)), ...rows.map(printRow), ''].join(
    '\n\n',
  )
}

function printFacts(facts: MachineFacts): string {
  const commit = facts.dirty ? `${facts.commit} with changes` : facts.commit
  return [
    `Affluent ${commit} on ${facts.cores} cores (${facts.cpu}), ${facts.memoryGib} GiB, ${facts.system}, node ${facts.node}.`,
    `Disk: 8 KiB are synchronised in ${number(facts.syncP50)} ms (p50), ${number(facts.syncP99)} ms (p99). Load before the run: ${number(facts.load)}.`,
    'An answer of 200 means: committed by PostgreSQL with fsync on and synchronous_commit on, so it survives a power cut.',
    'The load tool, PostgreSQL, ClickHouse and the server share these cores.',
  ].join('\n')
}

function printTable(figures: readonly Figure[]): string {
  const lines = [HEADINGS as readonly string[], ...figures.map(cellsOf)]
  const widths = HEADINGS.map((_, column) =>
    Math.max(...lines.map((cells) => (cells[column] as string).length)),
  )
  const print = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '-'.repeat(width)).join('  ')
  return [print(HEADINGS), rule, ...lines.slice(1).map(print)].join('\n')
}

function cellsOf(figure: Figure): string[] {
  const { name, value, unit, limit, floor, goal } = figure
  const ratio = limit === undefined || limit.value === 0 ? '' : number(value / limit.value)
  return [
    name,
    measured(value, unit),
    limit === undefined ? '-' : `${measured(limit.value, unit)} ${limit.name}`,
    ratio === '' ? '-' : ratio,
    floor === undefined ? '-' : `${measured(floor, unit)} ${reaches(figure, floor) ? 'pass' : 'FAIL'}`,
    goal === undefined ? '-' : `${measured(goal, unit)} ${reaches(figure, goal) ? 'reached' : 'not reached'}`,
  ]
}

function measured(value: number, unit: Figure['unit']): string {
  if (unit === 'ratio') return number(value)
  return unit.endsWith('/s') ? `${number(value)}/s` : `${number(value)} ${unit}`
}

/** Thousands with commas; small numbers with three digits that count. */
export function number(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US')
  return String(Number(value.toPrecision(3)))
}

function printRow(row: Row): string {
  const lines = [`== ${row.row}`]
  for (const check of row.checks)
    lines.push(`   ${check.holds ? 'holds' : 'BROKEN'}: ${check.name} (${check.said})`)
  for (const note of row.notes) lines.push(`   ${note}`)
  for (const { program, start, end, slope } of row.memory ?? [])
    lines.push(
      `   memory of ${program}: ${number(start)} -> ${number(end)} MiB, ${number(slope)} MiB a minute in the second half`,
    )
  for (const [phase, cpu] of Object.entries(row.cpu)) lines.push(...printCpu(phase, cpu))
  for (const profile of row.profiles ?? []) lines.push(...printProfile(profile))
  if (row.perf !== undefined) lines.push(...printPerf(row.perf))
  return lines.join('\n')
}

function printCpu(phase: string, cpu: CpuReport): string[] {
  const ours = cpu.shares.reduce((sum, share) => sum + share.seconds, 0)
  const { busy, waitsForDisk, stolen } = cpu.machine
  return [
    `   CPU, ${phase}, ${number(cpu.seconds)} s: ${number(busy)} cores busy, ${number(waitsForDisk)} waiting for the disk, ` +
      `${number(stolen)} taken by the host, ${number(cpu.othersCores)} used by strangers`,
    ...cpu.shares.map(({ role, seconds, cores, processes }) => {
      const percent = `${((100 * seconds) / Math.max(ours, 0.001)).toFixed(1)} %`
      const times = processes > 1 ? ` (${processes} processes)` : ''
      const parses =
        cpu.unit === undefined ? '' : `${inParses(seconds, cpu.unit).toFixed(2).padStart(6)} parses  `
      return `     ${percent.padStart(7)}  ${number(cores).padStart(6)} cores  ${seconds.toFixed(2).padStart(7)} s  ${parses}${role}${times}`
    }),
  ]
}

function printProfile({ thread, file, rooms, self, total }: ThreadProfile): string[] {
  const name = thread === '0' ? "the server's main thread" : `the server's thread ${thread}`
  return [
    `   Profile of ${name}, by room, with what it calls outside:`,
    ...rooms.map(printFunction),
    `   Profile of ${name}, by self time (${file}):`,
    ...self.map(printFunction),
    `   Profile of ${name}, our functions with all they call:`,
    ...total.map(printFunction),
  ]
}

function printFunction({ name, ms, share }: FunctionTime): string {
  return `     ${`${(100 * share).toFixed(1)} %`.padStart(7)}  ${ms.toFixed(0).padStart(7)} ms  ${name}`
}

function printPerf({ skipped, tables }: PerfReport): string[] {
  if (skipped !== undefined) return [`   perf was skipped: ${skipped}`]
  return tables.flatMap(({ title, lines }) => [`   perf, ${title}:`, ...lines.map((line) => `     ${line}`)])
}
