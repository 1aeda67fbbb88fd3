import { pino } from 'pino'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/**
 * Structured log lines: an event's name, and fields that hold keys and numbers, never personal data. ERROR means that
 * somebody must act now.
 */
export interface Log {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

export type LogFields = Readonly<Record<string, unknown>>

/** Writes JSON lines to standard error; standard output is for what people read at the start. */
export function createLog(level: LogLevel): Log {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"at":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: describeError },
    },
    pino.destination({ dest: 2, sync: true }),
  )
  const write =
    (method: LogLevel) =>
    (event: string, fields: LogFields = {}) =>
      logger[method]({ ...fields, event })
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}

/**
 * Class, code and place of an error. PostgreSQL's `detail` and `where` quote rows, and JSON errors quote input: they
 * stay out.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { name: typeof error }
  const { code } = error as { code?: unknown }
  const quotes = error instanceof SyntaxError || code === '22P02' || code === '22P05'
  return {
    name: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    message: quotes ? 'withheld: it may quote input' : error.message.slice(0, 300),
    stack: error.stack
      ?.split('\n')
      .slice(1, 6)
      .map((line) => line.trim()),
  }
}
