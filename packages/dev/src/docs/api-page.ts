import { type Endpoint, errorsOf, isForMembers, statusOf } from '@affluent/protocol/endpoint'
import type { JsonObject } from '@affluent/protocol/event'
import {
  PERMISSIONS,
  type Permission,
  rolesOf,
  type SeenAs,
  scopeOf,
  seenAs,
} from '@affluent/protocol/permission'
import { ROLES } from '@affluent/protocol/role'
import { type Schema, z } from '@affluent/protocol/schema'

/**
 * The page of all calls, by resource, from the endpoints.
 * @param endpoints in the order in which resources and calls are listed
 */
export function apiPage(endpoints: readonly Endpoint[]): string {
  const tags = [...new Set(endpoints.map(({ tag }) => tag))]
  const chapters = tags.map((tag) => {
    const calls = endpoints.filter((endpoint) => endpoint.tag === tag).map(callSection)
    return `## ${tag}\n\n${calls.join('\n\n')}`
  })
  return `# API

Every call of the API, by resource. What all of them have in common stands in [API basics](api-basics.md); events are sent to the
[collect API](collect.md). The same as OpenAPI 3.1: \`GET /openapi.json\`. This page is made from \`packages/protocol/src/endpoints\`; a test keeps the two equal.

${tags.map((tag) => `- [${tag}](#${tag.toLowerCase()}): ${listOf(endpoints, tag)}`).join('\n')}

${chapters.join('\n\n')}

## Permissions

Each call needs one. A key has it by its scope, a team member by the role in the workspace ([Team](team.md)). Roles after \`masked:\` have it too and see people
[masked](team.md#masked).

| permission | scope of a key | roles | permits |
|---|---|---|---|
${Object.entries(PERMISSIONS)
  .map(
    ([name, { scope, permits }]) =>
      `| \`${name}\` | ${scope ?? 'none: team members only'} | ${roleList(name as Permission)} | ${permits} |`,
  )
  .join('\n')}
`
}

function roleList(permission: Permission): string {
  const roles = rolesOf(permission)
  if (roles === null) return 'whoever has signed in'
  const named = (seen: SeenAs) =>
    roles.filter((role) => seenAs(permission, role) === seen).map((role) => `\`${role}\``)
  const [plain, masked] = [named('plain'), named('masked')]
  if (plain.length === ROLES.length) return 'all'
  return [...plain, ...(masked.length === 0 ? [] : ['masked:', ...masked])].join(' ')
}

function listOf(endpoints: readonly Endpoint[], tag: string): string {
  return endpoints
    .filter((endpoint) => endpoint.tag === tag)
    .map(({ method, path }) => `\`${method} ${path.replace('/v1', '')}\``)
    .join(', ')
}

function callSection(endpoint: Endpoint): string {
  const { method, path, summary, description, params, query, body, example } = endpoint
  return [
    `### ${summary}`,
    `\`\`\`\n${method} ${path}\n\`\`\``,
    ...(description === undefined ? [] : [description]),
    needsOf(endpoint),
    ...fieldTable('path', params),
    ...fieldTable('query', query),
    ...(body === undefined
      ? []
      : [...fieldTable('body', body), jsonBlock('Body, for example:', example.body)]),
    ...answerOf(endpoint),
    `Errors of its own: ${errorList(endpoint)}.`,
  ].join('\n\n')
}

function needsOf(endpoint: Endpoint): string {
  const { access, permission, freshSignIn, ifMatch } = endpoint
  if (access === 'anyone') return 'Needs: nothing.'
  const who = isForMembers(endpoint)
    ? 'a team member who signed in; no API key'
    : `scope \`${scopeOf(permission)}\` of a key`
  return [
    `Needs: permission \`${permission}\`, ${who}.`,
    freshSignIn ? 'The sign-in may not be older than 5 minutes.' : '',
    ifMatch ? 'Takes `If-Match`.' : '',
  ]
    .filter((part) => part !== '')
    .join(' ')
}

function fieldTable(place: string, schema: Schema): string[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const rows = Object.entries(properties as Record<string, JsonObject>).map(([name, field]) => {
    const isNeeded = (required as string[]).includes(name)
    return `| \`${name}\`${isNeeded ? '' : ' (optional)'} | ${typeOf(field)} | ${cell(String(field['description'] ?? ''))} |`
  })
  return rows.length === 0 ? [] : [`| in the ${place} | type | meaning |\n|---|---|---|\n${rows.join('\n')}`]
}

/** What a value may be, in a few words. */
function typeOf(field: JsonObject): string {
  const { $ref, type, items } = field as { $ref?: string; type?: string; items?: JsonObject | false }
  const fixed = field['prefixItems'] as JsonObject[] | undefined
  if ($ref !== undefined) return $ref.split('/').at(-1) ?? 'object'
  const choices = field['anyOf'] as JsonObject[] | undefined
  if (choices !== undefined) return [...new Set(choices.map(typeOf))].join(' or ')
  const values = field['enum'] as unknown[] | undefined
  if (values !== undefined) return values.map((value) => `\`${String(value)}\``).join(' ')
  if ('const' in field) return `\`${String(field['const'])}\``
  if (fixed !== undefined) return `list of ${fixed.length}: ${fixed.map(typeOf).join(', ')}`
  if (type === 'array') return typeof items === 'object' ? `list of ${typeOf(items)}` : 'list'
  return type === 'string' ? 'text' : (type ?? 'any')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

function answerOf(endpoint: Endpoint): string[] {
  const { example, givesPosition } = endpoint
  const status = statusOf(endpoint)
  const position = givesPosition ? ', with `Affluent-Position`' : ''
  if (example.answer === undefined) return [`Answers \`${status}\` without a body${position}.`]
  return [jsonBlock(`Answers \`${status}\`${position}, for example:`, example.answer)]
}

function jsonBlock(lead: string, value: unknown): string {
  return `${lead}\n\n\`\`\`json\n${JSON.stringify(value, undefined, 2)}\n\`\`\``
}

/** What a call of this kind may be refused with beside what every call may. */
function errorList(endpoint: Endpoint): string {
  const all = errorsOf(endpoint)
  const own = Object.entries(all).flatMap(([status, codes]) => {
    const named = codes.filter((code) => endpoint.errors[Number(status)]?.includes(code) === true)
    return named.length === 0 ? [] : [`\`${status}\` ${named.map((code) => `\`${code}\``).join(', ')}`]
  })
  return own.length === 0 ? 'none' : own.join('; ')
}
