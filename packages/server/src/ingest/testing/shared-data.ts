import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { BadInputCase } from './bad-input.ts'

const SHARED = resolve(import.meta.dirname, '../../../../../../shared/data')
const BAD_INPUTS = join(SHARED, 'bad-inputs.jsonl')
const NAUGHTY_STRINGS = join(SHARED, 'blns.json')

/** The cases of bad-inputs.jsonl; empty when the file is not here. */
export function readBadInputs(): readonly BadInputCase[] {
  if (!existsSync(BAD_INPUTS)) return []
  const lines = readFileSync(BAD_INPUTS, 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line) as BadInputCase)
}

/** The Big List of Naughty Strings; empty when the file is not here. */
export function readNaughtyStrings(): readonly string[] {
  if (!existsSync(NAUGHTY_STRINGS)) return []
  return JSON.parse(readFileSync(NAUGHTY_STRINGS, 'utf8')) as string[]
}

/** Why a suite is skipped that needs one of these files. */
export const NEEDS_BAD_INPUTS = `needs ${BAD_INPUTS}, which comes with the shared data and is not here`
export const NEEDS_NAUGHTY_STRINGS = `needs ${NAUGHTY_STRINGS}, which comes with the shared data and is not here`
