import type { Readiness } from './readiness.ts'

/** Every text of the page in one language. */
export interface Words {
  readonly language: 'en' | 'fr'
  readonly lead: string
  readonly status: Readonly<Record<Readiness, string>>
  readonly reference: string
}

const french: Words = {
  language: 'fr',
  lead: 'La plateforme de données client. De nombreuses sources, une seule fiche client, tous les canaux.',
  status: {
    checking: '… Vérification en cours',
    ready: '✓ Affluent fonctionne et reçoit les événements',
    not_ready: '✕ Affluent démarre ou ne peut pas recevoir d’événements pour le moment',
    unreachable: '✕ Le serveur ne répond pas ; vérifiez qu’il est démarré',
  },
  reference: 'Référence de l’API (OpenAPI)',
}

const english: Words = {
  language: 'en',
  lead: 'The customer data platform. Many sources, one customer record, every channel.',
  status: {
    checking: '… Checking',
    ready: '✓ Affluent runs and takes events',
    not_ready: '✕ Affluent is starting, or cannot take events just now',
    unreachable: '✕ The server does not answer; check that it runs',
  },
  reference: 'API reference (OpenAPI)',
}

/** The words of the first language in the browser's list that we speak; English otherwise. */
export function wordsFor(languages: readonly string[]): Words {
  const spoken = languages
    .map((tag) => tag.slice(0, 2).toLowerCase())
    .find((tag) => tag === 'fr' || tag === 'en')
  return spoken === 'fr' ? french : english
}
