import type { Config } from './config.ts'
import type { NewKeys, StartKeys } from './workspaces/make-workspace.ts'
import type { NewOwner } from './workspaces/owner.ts'

/** What was made or found at this start; what was made is shown once. */
export interface StartAccess {
  readonly keys: StartKeys
  readonly newOwner: NewOwner | undefined
}

/**
 * What a person reads when the server is up: the first time with keys and the owner's password, which are shown once.
 * What the operator gave is not said again: this goes into the logs of process managers.
 * @param url of the server
 */
export function describeStart(
  url: string,
  { keys: { made, dead }, newOwner }: StartAccess,
  config: Pick<Config, 'dataDir'>,
): string {
  const warnings = dead.map(
    (variable) => `\n${variable} holds a key that was revoked or has ended: set another one, or unset it.`,
  )
  if (made === undefined && newOwner === undefined)
    return `Affluent runs on ${url}  (data in ${config.dataDir}; \`npm run keys\` makes new keys)${warnings.join('')}`
  const lines = [
    `Console     ${url}/`,
    ...(newOwner === undefined ? [] : describeOwner(newOwner)),
    ...(made === undefined ? [] : describeKeys(made)),
    `Data        ${config.dataDir}`,
  ]
  const block = lines.map((line) => `    ${line}\n`).join('')
  const first = made === undefined ? '' : describeFirstEvent(url, made)
  return `\n  Affluent runs on ${url}\n\n${block}${first}${warnings.join('')}`
}

function describeOwner({ email, password }: NewOwner): string[] {
  if (password === undefined) return [`Sign in     ${email}     with the password in AFFLUENT_OWNER_PASSWORD`]
  return [
    `Sign in     ${email}`,
    `Password    ${password}     shown once, \`npm run keys -- --password\` makes a new one`,
  ]
}

function describeKeys({ writeKey, apiKey }: Partial<NewKeys>): string[] {
  return [
    `Write key   ${writeKey ?? 'the one in AFFLUENT_WRITE_KEY'}     for sending events`,
    apiKey === undefined
      ? 'API key     the one in AFFLUENT_API_KEY     for reading'
      : `API key     ${apiKey}     for reading; shown once, \`npm run keys\` makes new ones`,
  ]
}

function describeFirstEvent(url: string, { writeKey, apiKey }: Partial<NewKeys>): string {
  return `
  Send a first event:

    curl ${url}/v1/identify -u "${writeKey ?? '$AFFLUENT_WRITE_KEY'}:" -H 'Content-Type: application/json' \\
      -d '{"userId":"u1","traits":{"email":"ada@example.com"}}'
    curl ${url}/v1/profiles/user_id:u1 -H "Authorization: Bearer ${apiKey ?? '$AFFLUENT_API_KEY'}"
`
}
