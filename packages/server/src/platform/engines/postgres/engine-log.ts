/** Where an engine writes what happens to it; never statement text, parameters or row values. */
export type EngineLog = (line: EngineLogLine) => void

export interface EngineLogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly msg: string
  readonly [field: string]: unknown
}
