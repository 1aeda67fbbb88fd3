export const SNIPPET_LANGUAGES = ['website', 'node', 'curl'] as const
export type SnippetLanguage = (typeof SNIPPET_LANGUAGES)[number]

/** Code that sends a first event with a real key to a real address, ready to paste. */
export function snippetOf(
  language: SnippetLanguage,
  step: 'event' | 'profile',
  writeKey: string,
  origin: string,
): string {
  return SNIPPETS[language](step, writeKey, origin)
}

type Write = (step: 'event' | 'profile', writeKey: string, origin: string) => string

const SNIPPETS: Readonly<Record<SnippetLanguage, Write>> = {
  website: (step, writeKey, origin) =>
    [
      '// npm install @segment/analytics-next',
      "import { AnalyticsBrowser } from '@segment/analytics-next'",
      '',
      'const analytics = AnalyticsBrowser.load({',
      `  writeKey: '${writeKey}',`,
      `  cdnURL: '${origin}',`,
      '})',
      step === 'event' ? 'analytics.page()' : "analytics.identify('u1', { email: 'ada@example.com' })",
    ].join('\n'),
  node: (step, writeKey, origin) =>
    [
      '// npm install @segment/analytics-node',
      "import { Analytics } from '@segment/analytics-node'",
      '',
      'const analytics = new Analytics({',
      `  writeKey: '${writeKey}',`,
      `  host: '${origin}',`,
      '})',
      step === 'event'
        ? "analytics.track({ userId: 'u1', event: 'Signed Up', properties: { plan: 'pro' } })"
        : "analytics.identify({ userId: 'u1', traits: { email: 'ada@example.com' } })",
    ].join('\n'),
  curl: (step, writeKey, origin) => {
    const [path, body] =
      step === 'event'
        ? ['track', { userId: 'u1', event: 'Signed Up', properties: { plan: 'pro' } }]
        : ['identify', { userId: 'u1', traits: { email: 'ada@example.com' } }]
    return [
      `curl ${origin}/v1/${path} -u ${writeKey}: \\`,
      "  -H 'Content-Type: application/json' \\",
      `  -d '${JSON.stringify(body)}'`,
    ].join('\n')
  },
}
