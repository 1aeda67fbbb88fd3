import type { Database } from '../database/connect.ts'

/** What several people edit. */
export type EditedKind = 'audience' | 'destination' | 'connection' | 'source' | 'workspace'

/** One thing that several people edit. */
export interface EditedThing {
  readonly workspace: number
  readonly kind: EditedKind
  readonly id: string
}

/** The name, zone, currency and country of a workspace. */
export const settingsOf = (workspace: number): EditedThing => ({
  ...{ workspace, kind: 'workspace', id: 'settings' },
})

/** The identity rules of a workspace. */
export const identityRulesOf = (workspace: number): EditedThing => ({
  ...{ workspace, kind: 'workspace', id: 'identity_rules' },
})

/** The last change of a thing. */
export interface Edit {
  /** 1 for the first; 0: nobody has changed it since versions are counted */
  readonly version: number
  /** as people call them */
  readonly changedBy: string | null
  readonly at: Date | null
}

/** Of a thing that has not been changed yet. */
export const NO_EDIT: Edit = { version: 0, changedBy: null, at: null }

/** The last changes of all things of one kind, by their id. */
export async function readEdits(
  database: Database,
  workspace: number,
  kind: EditedKind,
): Promise<ReadonlyMap<string, Edit>> {
  const { rows } = await database.query<Edit & { thing: string }>({
    name: 'edits',
    text: `select thing, version, edited_by as "changedBy", edited_at as at from edit where workspace_id = $1 and starts_with(thing, $2)`,
    values: [workspace, `${kind}:`],
  })
  return new Map(rows.map(({ thing, ...edit }) => [thing.slice(kind.length + 1), edit]))
}

/** The last change of one thing. */
export async function readEdit(database: Database, { workspace, kind, id }: EditedThing): Promise<Edit> {
  return (await readEdits(database, workspace, kind)).get(id) ?? NO_EDIT
}

/** The last changes of the settings of workspaces, by workspace. */
export async function readSettingsEdits(
  database: Database,
  workspaces: readonly number[],
): Promise<ReadonlyMap<number, Edit>> {
  const { rows } = await database.query<Edit & { workspace: number }>({
    name: 'settings_edits',
    text: `select workspace_id as workspace, version, edited_by as "changedBy", edited_at as at from edit where workspace_id = any($1) and thing = 'workspace:settings'`,
    values: [workspaces],
  })
  return new Map(rows.map(({ workspace, ...edit }) => [workspace, edit]))
}

/** A change about to be made. */
export interface Claim extends EditedThing {
  /** the version that its author looked at; undefined: whatever there is may be replaced */
  readonly expected: number | undefined
  readonly by: string
  readonly at: Date
}

/**
 * Counts a change, unless the thing is no more as its author saw it. Of two that come at once with the same version,
 * one is counted.
 * @returns the change that came before it; undefined when this one is counted
 */
export async function claimEdit(database: Database, claim: Claim): Promise<Edit | undefined> {
  const { workspace, kind, id, expected, by, at } = claim
  const thing = `${kind}:${id}`
  const { rowCount } = await database.query(
    `insert into edit as kept (workspace_id, thing, version, edited_by, edited_at)
     select $1, $2, 1, $4, $5 where $3::int is null or $3::int = 0 or exists (select from edit where workspace_id = $1 and thing = $2)
     on conflict (workspace_id, thing) do update set version = kept.version + 1, edited_by = $4, edited_at = $5
     where $3::int is null or kept.version = $3::int`,
    [workspace, thing, expected ?? null, by, at],
  )
  if (rowCount === 1) return undefined
  return readEdit(database, claim)
}
