import type { NewOwner } from './access/owner.ts'
import type { Config } from './config.ts'
import type { NewKeys } from './stores/make-workspace.ts'

/** What was made at this start and is shown once. */
export interface NewAccess {
  readonly newKeys: NewKeys | undefined
  readonly newOwner: NewOwner | undefined
}

/**
 * What a person reads when the server is up: the first time with keys and the owner's password, which are shown once.
 * @param url of the server
 */
export function describeStart(
  url: string,
  { newKeys, newOwner }: NewAccess,
  config: Pick<Config, 'dataDir'>,
): string {
  if (newKeys === undefined && newOwner === undefined)
    return `Affluent runs on ${url}  (data in ${config.dataDir}; \`npm run keys\` makes new keys)`
  const lines = [
    `Console     ${url}/`,
    ...(newOwner === undefined ? [] : describeOwner(newOwner)),
    ...(newKeys === undefined ? [] : describeKeys(newKeys)),
    `Data        ${config.dataDir}`,
  ]
  const block = lines.map((line) => `    ${line}\n`).join('')
  return `\n  Affluent runs on ${url}\n\n${block}${newKeys === undefined ? '' : describeFirstEvent(url, newKeys)}`
}

function describeOwner({ email, password }: NewOwner): string[] {
  if (password === undefined) return [`Sign in     ${email}     with the password in AFFLUENT_OWNER_PASSWORD`]
  return [
    `Sign in     ${email}`,
    `Password    ${password}     shown once, \`npm run keys -- --password\` makes a new one`,
  ]
}

function describeKeys({ writeKey, apiKey }: NewKeys): string[] {
  return [
    `Write key   ${writeKey}     for sending events`,
    `API key     ${apiKey}     for reading; shown once, \`npm run keys\` makes new ones`,
  ]
}

function describeFirstEvent(url: string, { writeKey, apiKey }: NewKeys): string {
  return `
  Send a first event:

    curl ${url}/v1/identify -u ${writeKey}: -H 'Content-Type: application/json' \\
      -d '{"userId":"u1","traits":{"email":"ada@example.com"}}'
    curl ${url}/v1/profiles/user_id:u1 -H 'Authorization: Bearer ${apiKey}'
`
}
