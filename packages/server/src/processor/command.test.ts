import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { LoggedCommand } from '../platform/processing/command.ts'
import { asCommand } from './command.ts'
import { COMMAND_KINDS } from './decide-command.ts'

interface Case {
  /** as some version has written it into the log */
  readonly written: LoggedCommand
  /** as this version reads it; undefined: as it was written */
  readonly read?: LoggedCommand
}

/** Every form that a command has had. A form is never taken out of this file: a log of that time may still hold it. */
const CASES = JSON.parse(
  readFileSync(new URL('./testing/commands-in-the-log.json', import.meta.url), 'utf8'),
) as Case[]

test.each(CASES)(
  'what a version has written into the log is read: $written',
  ({ written, read = written }) => {
    expect(asCommand(written)).toEqual(read)
  },
)

test('each kind of command has its form in the file, so that a change of it is seen', () => {
  const kinds = new Set(CASES.map(({ written }) => asCommand(written).kind))
  expect([...kinds].sort()).toEqual([...COMMAND_KINDS].sort())
})
