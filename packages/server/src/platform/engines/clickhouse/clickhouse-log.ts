export interface LogLine {
  level: 'debug' | 'info' | 'warn' | 'error'
  msg: string
  [key: string]: unknown
}

export type Log = (line: LogLine) => void

/**
 * Turns a raw line of the child's output into a log line. Its text is dropped unless known to be harmless: engine
 * messages quote queries and values.
 */
export function logChildOutput(log: Log, text: string): void {
  const engine = /^Code: (\d+)\..*\(([A-Z_0-9]+)\)$/.exec(text)
  if (engine !== null)
    log({ level: 'debug', msg: 'ClickHouse reported an error', code: Number(engine[1]), name: engine[2] })
  else if (/^FATAL ERROR: /.test(text))
    log({ level: 'error', msg: `ClickHouse's process: ${text.slice(0, 200)}` })
  else if (text !== '') log({ level: 'debug', msg: 'ClickHouse wrote a line', length: text.length })
}
