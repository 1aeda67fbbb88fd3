import { ConditionFault } from '@affluent/core/condition/condition-fault'
import { checkFilter } from '@affluent/core/delivery/filter'
import { checkMapping } from '@affluent/core/delivery/mapping'
import { checkRequired } from '@affluent/core/delivery/write-payload'
import { CONNECTIONS_MAX } from '@affluent/protocol/limits'
import type { Statement } from '../database/statement.ts'
import type { ChangeConnection, DeleteConnection, PutConnection } from './command.ts'
import type { AudienceEffect } from './decide-audience.ts'
import type { CommandInput } from './decide-command.ts'

/** Makes a connection, unless what it names is gone by now. */
export async function decidePutConnection(
  { workspace, database, connections, audiences, run }: CommandInput,
  command: PutConnection,
): Promise<AudienceEffect> {
  const { from, destination, action, filter, mapping, required = [], purpose, enabled, at } = command
  const fault = faultOf(command, audiences.zone)
  if (fault !== undefined) return fault
  const { rows } = await database.query('select 1 from destination where workspace_id = $1 and id = $2', [
    workspace,
    destination,
  ])
  if (rows.length === 0) return refuse('unknown_reference', 'There is no such destination any more.')
  if ('audience' in from && !audiences.audiences.some(({ key }) => key === from.audience))
    return refuse('unknown_reference', `There is no audience "${from.audience}".`)
  if (connections.rows.length >= CONNECTIONS_MAX)
    return refuse('too_many', `A workspace has ${CONNECTIONS_MAX} connections at most.`)
  const [source, audience] = 'source' in from ? [from.source, null] : [null, from.audience]
  return {
    statements: [
      {
        kind: 'query',
        text: `insert into connection (workspace_id, id, destination_id, source, audience, action, filter, mapping, required, purpose, enabled,
                 members_after, created_at, changed_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)`,
        values: [
          ...[
            workspace,
            run.first,
            destination,
            source,
            audience,
            action,
            jsonCell(filter),
            jsonCell(mapping),
            required,
          ],
          ...[
            purpose,
            enabled,
            audience !== null && command.sendCurrentMembers ? 0 : null,
            new Date(at).toISOString(),
          ],
        ],
      },
    ],
    result: { kind: 'done' },
  }
}

/** Changes what a connection lets pass, what it makes of it, or whether it does so at all. */
export function decideChangeConnection(
  { workspace, connections, audiences }: CommandInput,
  command: ChangeConnection,
): AudienceEffect {
  const { connection, enabled, at } = command
  const row = connections.rows.find(({ id }) => id === connection)
  if (row === undefined) return NO_CONNECTION
  const { filter = row.filter, mapping = row.mapping, required = row.required } = command
  // what stood before is taken as it is
  const fault = faultOf(
    {
      filter: command.filter ?? null,
      ...(command.mapping === undefined && command.required === undefined
        ? { mapping: null, required: [] }
        : { mapping, required }),
    },
    audiences.zone,
  )
  if (fault !== undefined) return fault
  return {
    statements: [
      {
        kind: 'query',
        text: 'update connection set filter = $3, mapping = $4, required = $5, enabled = $6, changed_at = $7 where workspace_id = $1 and id = $2',
        values: [
          ...[workspace, connection, jsonCell(filter), jsonCell(mapping), required, enabled ?? row.enabled],
          new Date(at).toISOString(),
        ],
      },
    ],
    result: { kind: 'done' },
  }
}

/** Takes a connection away. What it owes already is still sent. */
export function decideDeleteConnection(
  { workspace, connections }: CommandInput,
  { connection }: DeleteConnection,
): AudienceEffect {
  if (!connections.rows.some(({ id }) => id === connection)) return NO_CONNECTION
  const statement: Statement = {
    kind: 'query',
    text: 'delete from connection where workspace_id = $1 and id = $2',
    values: [workspace, connection],
  }
  return { statements: [statement], result: { kind: 'done' } }
}

/** What is wrong with a filter or a mapping: asked again where it is decided, since a command may come by another way than the API. */
function faultOf(
  { filter, mapping, required = [] }: Pick<PutConnection, 'filter' | 'mapping' | 'required'>,
  zone: string,
): AudienceEffect | undefined {
  try {
    checkFilter(filter, zone)
    if (mapping !== null) checkMapping(mapping)
    checkRequired({ mapping: mapping ?? undefined, required })
    return undefined
  } catch (error) {
    if (!(error instanceof ConditionFault)) throw error
    const { path, message } = error
    return { statements: [], result: { kind: 'void', reason: { code: error.code, message, path } } }
  }
}

const NO_CONNECTION = refuse('not_found', 'There is no such connection.')

function refuse(code: 'unknown_reference' | 'too_many' | 'not_found', message: string): AudienceEffect {
  return { statements: [], result: { kind: 'void', reason: { code, message } } }
}

function jsonCell(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value)
}
