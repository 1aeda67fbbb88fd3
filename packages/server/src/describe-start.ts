import type { Config } from './config.ts'
import type { NewKeys } from './stores/registry.ts'

/**
 * What a person reads when the server is up: the first time with the keys, which are shown once.
 * @param url of the server
 */
export function describeStart(
  url: string,
  keys: NewKeys | undefined,
  config: Pick<Config, 'dataDir'>,
): string {
  if (keys === undefined)
    return `Affluent runs on ${url}  (data in ${config.dataDir}; \`npm run keys\` makes new keys)`
  return `
  Affluent runs on ${url}

    Console     ${url}/
    Write key   ${keys.writeKey}     for sending events
    API key     ${keys.apiKey}     for reading; shown once, \`npm run keys\` makes new ones
    Data        ${config.dataDir}

  Send a first event:

    curl ${url}/v1/identify -u ${keys.writeKey}: -H 'Content-Type: application/json' \\
      -d '{"userId":"u1","traits":{"email":"ada@example.com"}}'
    curl ${url}/v1/profiles/user_id:u1 -H 'Authorization: Bearer ${keys.apiKey}'
`
}
