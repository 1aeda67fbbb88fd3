/** What GET /readyz told us. */
export type Readiness = 'checking' | 'ready' | 'not_ready' | 'unreachable'

/** Asks the server whether it can take events. */
export async function askReadiness(request: (path: string) => Promise<{ ok: boolean }>): Promise<Readiness> {
  try {
    const { ok } = await request('/readyz')
    return ok ? 'ready' : 'not_ready'
  } catch {
    return 'unreachable'
  }
}
