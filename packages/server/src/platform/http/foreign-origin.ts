import type { IncomingHttpHeaders } from 'node:http'

/** Whether a page of another site asks: a browser says in `Origin` where the page came from. */
export function isForeign({ origin, host }: Pick<IncomingHttpHeaders, 'origin' | 'host'>): boolean {
  if (origin === undefined) return false
  return !URL.canParse(origin) || new URL(origin).host !== hostOf(origin, host)
}

/** The host as a URL has it: without the port that its scheme implies. */
function hostOf(origin: string, host: string | undefined): string | undefined {
  const url = `${origin.split(':', 1)[0]}://${host ?? ''}`
  return URL.canParse(url) ? new URL(url).host : undefined
}
