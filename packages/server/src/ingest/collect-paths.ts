import type { EventType } from '@affluent/protocol/event'
import type { Route } from './receive.ts'

/** What stands at a path of the collect API. */
export type CollectPath =
  | { readonly kind: 'collect'; readonly route: Route }
  | { readonly kind: 'metrics' }
  | { readonly kind: 'segment_settings'; readonly key: string }
  | { readonly kind: 'rudder_config' }
  | { readonly kind: 'pixel'; readonly type: EventType }
  | { readonly kind: 'nothing' }

/** The short forms of Segment's browser library, by call. */
export const SHORT_FORMS: Readonly<Record<EventType, string>> = {
  identify: 'i',
  track: 't',
  page: 'p',
  screen: 's',
  group: 'g',
  alias: 'a',
}
const PATHS = listPaths()
/** Every address that is one text. */
export const COLLECT_PATHS: readonly string[] = [...PATHS.keys()]
/** Under these nothing but the collect API stands, so that what is wrong there is told in its manner. */
const OWN_FOLDERS = ['/v1/projects/', '/v1/pixel/', '/api/s/']

/**
 * Finds what a client asks for. Slashes too many, as libraries make them of a host that ends in one, are no difference.
 * @param path of the request, without its query
 * @returns undefined when the path is none of the collect API's
 */
export function readCollectPath(path: string): CollectPath | undefined {
  const exact = PATHS.get(path)
  if (exact !== undefined) return exact
  const plain = path.replace(/\/{2,}/g, '/').replace(/\/$/, '')
  const key = /^\/v1\/projects\/([^/]+)\/settings$/.exec(plain)?.[1]
  if (key !== undefined) return { kind: 'segment_settings', key }
  return (
    PATHS.get(plain) ?? (OWN_FOLDERS.some((folder) => `${plain}/`.startsWith(folder)) ? NOTHING : undefined)
  )
}

const NOTHING: CollectPath = { kind: 'nothing' }

function listPaths(): ReadonlyMap<string, CollectPath> {
  const paths = new Map<string, CollectPath>()
  for (const [type, short] of Object.entries(SHORT_FORMS) as [EventType, string][]) {
    const one: CollectPath = { kind: 'collect', route: { kind: 'event', type } }
    for (const path of [`/v1/${type}`, `/v1/${short}`, `/api/s/${type}`, `/api/s/s2s/${type}`])
      paths.set(path, one)
    for (const name of [type, short]) paths.set(`/v1/pixel/${name}`, { kind: 'pixel', type })
  }
  const batch: CollectPath = { kind: 'collect', route: { kind: 'batch', isImport: false, history: false } }
  for (const path of ['/v1/batch', '/v1/b', '/beacon/v1/batch']) paths.set(path, batch)
  paths.set('/v1/import', { kind: 'collect', route: { kind: 'batch', isImport: true, history: false } })
  paths.set('/v1/m', { kind: 'metrics' })
  for (const path of ['/sourceConfig', '/v1/sourceConfig']) paths.set(path, { kind: 'rudder_config' })
  return paths
}
