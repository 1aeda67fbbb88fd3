// SQLSTATE: connection trouble, serialization, deadlock, unique (two writers met), too many connections, shutdown, not
// yet started, disk full
const TRANSIENT = /^(08|40|53|57P)|^23505$|^55P03$/

/**
 * Whether the same statement may succeed when tried again: the connection broke, the server is restarting or full, or
 * two transactions met. Everything else is in the data, and trying again changes nothing.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  if (typeof code === 'string') return TRANSIENT.test(code) || code.startsWith('E')
  return /connection|timeout|terminated|not queryable|client was closed/i.test(error.message)
}
