import type { JsonObject } from '@affluent/protocol/event'

/** Where the visitor is, as far as this runtime knows. */
export function pageContext(): JsonObject {
  const library = { name: '@affluent/sdk', version: '0.1.0' }
  if (typeof document === 'undefined') return { library }
  const { pathname, search, href } = document.location
  const { title, referrer } = document
  return { library, locale: navigator.language, page: { path: pathname, referrer, search, title, url: href } }
}
