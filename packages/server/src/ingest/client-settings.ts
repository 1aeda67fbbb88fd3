import type { IncomingMessage } from 'node:http'
import type { Source } from '../platform/workspace/registry.ts'

/**
 * What Segment's analytics-next loads first; without it the library does not start.
 * @param key the write key that its events will carry
 */
export function segmentSettings(key: string, request: IncomingMessage): object {
  return {
    integrations: {
      'Segment.io': {
        apiKey: key,
        apiHost: `${request.headers.host ?? 'localhost'}/v1`,
        protocol: schemeOf(request),
        unbundledIntegrations: [],
        addBundledMetadata: false,
      },
    },
    plan: {
      track: { __default: { enabled: true, integrations: {} } },
      identify: { __default: { enabled: true } },
      group: { __default: { enabled: true } },
    },
    edgeFunction: {},
    metrics: { sampleRate: 0 },
    remotePlugins: [],
    enabledMiddleware: {},
    legacyVideoPluginsEnabled: false,
  }
}

/**
 * What RudderStack's browser library loads from its `configUrl`: no destination in the browser, no reports to
 * RudderStack.
 */
export function rudderConfig(source: Source): object {
  return {
    source: {
      id: source.slug,
      name: source.name,
      enabled: true,
      config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
      destinations: [],
    },
  }
}

/**
 * How the client reaches us: what a proxy in front says, otherwise as the page that asks was loaded. The answer goes to
 * that client alone.
 */
function schemeOf(request: IncomingMessage): 'http' | 'https' {
  const { origin } = request.headers
  const said =
    request.headers['x-forwarded-proto'] ?? (origin === undefined ? 'http' : origin.split(':', 1)[0])
  return said === 'https' ? 'https' : 'http'
}
