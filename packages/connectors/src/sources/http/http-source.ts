import { EVENT_TYPES } from '@affluent/protocol/event'
import type { SourceKind } from '../../source-kind.ts'

// What browser SDKs call instead of /v1/identify, /v1/track and so on; `m` is their metrics, counted and dropped.
const SHORT_FORMS = ['i', 't', 'p', 's', 'g', 'a', 'b', 'm']

/** Segment's tracking API over HTTP: every SDK that speaks it can send. */
export const httpSource: SourceKind = {
  key: 'http',
  title: { en: 'HTTP API and SDKs', fr: 'API HTTP et SDK' },
  sentence: {
    en: 'Takes events from sites, applications and servers through the Segment tracking API, with a write key.',
    fr: 'Reçoit les événements des sites, applications et serveurs par l’API de suivi de Segment, avec une clé d’écriture.',
  },
  collectPaths: [
    ...[...EVENT_TYPES, 'batch', 'import', ...SHORT_FORMS].map((call) => `/v1/${call}`),
    '/v1/projects/{writeKey}/settings',
    '/v1/pixel/{type}',
  ],
}
