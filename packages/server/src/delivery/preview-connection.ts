import type { ConnectionFrom, EventToRoute } from '@affluent/core/delivery/connection'
import type { EventFilter } from '@affluent/core/delivery/filter'
import type { TraitAt } from '@affluent/core/delivery/mapping'
import { membershipPayload } from '@affluent/core/delivery/payload'
import { membershipEvent } from '@affluent/core/delivery/route'
import { type PayloadRule, writePayload } from '@affluent/core/delivery/write-payload'
import { maskJson } from '@affluent/core/privacy/mask-answer'
import { isPersonalPath } from '@affluent/core/privacy/personal-field'
import { formatProfileId } from '@affluent/core/profile/profile-id'
import type { ConnectionPreview } from '@affluent/protocol/endpoints/connections'
import type { EventType, Identifier, JsonObject } from '@affluent/protocol/event'
import { PREVIEW_EXAMPLES_MAX } from '@affluent/protocol/limits'
import { readAudiences, viewMembers } from '../audiences/contract.ts'
import type { WorkspaceReads } from '../platform/clickhouse/analytical-reads.ts'
import type { ApiOptions } from '../platform/http/api-context.ts'
import type { Workspace } from '../platform/workspace/registry.ts'
import { viewPeople } from '../profiles/contract.ts'
import { traitsOf } from './membership-body.ts'

/** One event or membership as a connection would see it. */
interface Example {
  readonly event: EventToRoute
  readonly payload: JsonObject
  readonly traitAt: TraitAt
  readonly position?: number
  readonly member?: { readonly profileId: string; readonly title: string }
  readonly isMadeUp?: boolean
}

/**
 * What a connection would post: of one example, and of how many members or latest events which fields would be missing.
 */
export async function previewConnection(
  options: ApiOptions,
  workspace: Workspace,
  reads: WorkspaceReads,
  {
    from,
    accepts,
    rule,
    isMasked,
  }: {
    readonly from: ConnectionFrom
    readonly accepts: EventFilter
    readonly rule: PayloadRule
    /** personal values are left out before they get other names */
    readonly isMasked: boolean
  },
): Promise<ConnectionPreview> {
  const examples =
    'audience' in from
      ? await membersOf(options, workspace, reads, from.audience)
      : await latestEvents(options, workspace, reads, from.source)
  const passing = examples.filter(({ event, isMadeUp }) => isMadeUp !== true && accepts(event))
  const written = passing.map(({ payload, traitAt }) => writePayload(rule, payload, traitAt))
  const counts = new Map<string, number>()
  for (const { lacking } of written)
    for (const field of lacking) counts.set(field, (counts.get(field) ?? 0) + 1)
  // one that would be sent says more than one that would not
  const sent = written.findIndex(({ held }) => held === undefined)
  const shown = (passing[Math.max(sent, 0)] ?? examples[0]) as Example
  const { payload, held } = isMasked
    ? writeMasked(rule, shown)
    : writePayload(rule, shown.payload, shown.traitAt)
  return {
    matches: accepts(shown.event),
    payload,
    held: held ?? null,
    example: shown.position === undefined ? null : { position: shown.position },
    member: shown.member ?? null,
    of: passing.length,
    lacking: [...counts].map(([field, count]) => ({ field, count, required: rule.required.includes(field) })),
    heldOf: written.filter((each) => each.held !== undefined).length,
  }
}

/** What would be posted, without what is personal in the event and in the person. */
function writeMasked(rule: PayloadRule, { payload, traitAt }: Example) {
  const { held } = writePayload(rule, payload, traitAt)
  const shown = writePayload(rule, maskJson(payload), (path) => {
    const value = isPersonalPath(path) ? undefined : traitAt(path)
    return value === undefined ? undefined : maskJson({ value })['value']
  })
  return { payload: shown.payload, held }
}

/** Present members, the first ones; a made-up one while there are none. */
async function membersOf(
  options: ApiOptions,
  workspace: Workspace,
  reads: WorkspaceReads,
  audience: string,
): Promise<Example[]> {
  const { database } = options
  const { audiences } = await readAudiences(database, workspace.id)
  const version = audiences.find(({ key }) => key === audience)?.liveVersion ?? 0
  const position = options.progress(workspace.id)?.loaded.position ?? 0
  const at = { workspace: workspace.id, version, position }
  const members = version === 0 ? [] : await viewMembers(reads, at, { after: 0, limit: PREVIEW_EXAMPLES_MAX })
  const profiles = members.map(({ profile }) => profile)
  const people = await viewPeople(database, workspace.id, profiles, options.rules(workspace.id))
  const event = membershipEvent(audience, true)
  const entered = (profileId: string, since: number, identifiers: readonly Identifier[]) =>
    membershipPayload({
      ...{ audience, entered: true, id: 'msg_example', since, mergedInto: undefined, profileId, identifiers },
    })
  if (members.length === 0) {
    const invented = [
      { namespace: 'user_id', value: 'u1' },
      { namespace: 'email', value: 'ada@example.com' },
    ]
    const payload = entered(formatProfileId(1, workspace.profileIdKey), options.now(), invented)
    return [{ event, payload, traitAt: () => undefined, isMadeUp: true }]
  }
  return members.map(({ profile, since }) => {
    const person = people.get(profile)
    const profileId = formatProfileId(profile, workspace.profileIdKey)
    return {
      ...{ event, payload: entered(profileId, since, person?.identifiers ?? []), traitAt: traitsOf(person) },
      member: { profileId, title: person?.title ?? '' },
    }
  })
}

interface StoredEvent {
  readonly position: number
  readonly type: EventType
  readonly name: string
  readonly source: number
  readonly fragment: number
  readonly message_id: string
  readonly time: string
  readonly received: string
  readonly raw: string
}

const POSITIONS_READ = 20_000

/** The latest events in ClickHouse, newest first; a made-up one while there are none. */
async function latestEvents(
  options: ApiOptions,
  workspace: Workspace,
  reads: WorkspaceReads,
  source: string,
): Promise<Example[]> {
  const { registry, database, progress } = options
  const sources = registry.sourcesOf(workspace.id).filter(({ slug }) => source === '*' || slug === source)
  const head = progress(workspace.id)?.loaded.position ?? 0
  const rows = await reads.ask<StoredEvent>({
    query: `select position, type, name, source, fragment, message_id, toString(time) as time, toString(received) as received, raw from event
            where workspace = {workspace: UInt32} and source in {sources: Array(UInt32)} and position > {from: UInt64}
            order by position desc limit {limit: UInt32}`,
    params: {
      ...{ workspace: workspace.id, sources: sources.map(({ id }) => id) },
      ...{ from: Math.max(0, head - POSITIONS_READ), limit: PREVIEW_EXAMPLES_MAX },
    },
  })
  const fragments = [...new Set(rows.map(({ fragment }) => Number(fragment)))].filter((id) => id !== 0)
  const people = await viewPeople(database, workspace.id, fragments, options.rules(workspace.id))
  if (rows.length === 0) return [madeUp(source)]
  return rows.map((row) => {
    const json = JSON.parse(row.raw) as JsonObject
    const { type, name } = row
    const slug = registry.source(row.source)?.slug ?? ''
    const iso = (text: string) => `${text.replace(' ', 'T')}Z`
    const person = people.get(Number(row.fragment))
    return {
      event: { type, name, source: slug, properties: json['properties'] },
      payload: {
        ...json,
        ...{ type, messageId: row.message_id, source: slug },
        ...{ timestamp: iso(row.time), receivedAt: iso(row.received) },
        ...(person === undefined
          ? {}
          : { profileId: formatProfileId(person.folded.profile, workspace.profileIdKey) }),
      },
      traitAt: traitsOf(person),
      position: Number(row.position),
    }
  })
}

function madeUp(source: string): Example {
  const properties = { order_id: 'o-1', revenue: 59.9, currency: 'EUR' }
  const slug = source === '*' ? 'website' : source
  const event = { type: 'track' as const, name: 'Order Completed', source: slug, properties }
  const payload = {
    type: 'track',
    event: event.name,
    userId: 'u1',
    messageId: 'example',
    source: slug,
    properties,
  }
  return { event, payload, traitAt: () => undefined, isMadeUp: true }
}
