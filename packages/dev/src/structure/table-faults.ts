import ts from 'typescript'
import type { SourceFile, SourceTree } from './source-tree.ts'
import { isText, lineOf, visit } from './syntax.ts'

const SERVER = 'packages/server/src/'
const MIGRATIONS = 'packages/server/migrations/'
const PLATFORM = 'platform'

/**
 * Who owns a table of PostgreSQL: only files below that folder of the server name it. ClickHouse's tables are facts
 * that are published: everyone reads them, and their owner alone declares and fills them (`AnalyticalTable`,
 * `FactSource`).
 */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  [PLATFORM]: ['workspace', 'source', 'write_key', 'api_key', 'edit'],
  log: ['log', 'log_head', 'log_segment', 'processor', 'load_cursor'],
  ingest: ['message_id', 'source_warning'],
  identity: ['identifier', 'identity_rules', 'fragment', 'ledger', 'edge', 'respelling'],
  audiences: [
    'audience',
    'audience_version',
    'audience_numbers',
    'series',
    'backfill',
    'backfill_state',
    'timer',
    'cold_series',
  ],
  delivery: [
    'destination',
    'connection',
    'delivery',
    'delivery_end',
    'delivery_attempt',
    'delivery_wait',
    'delivery_queue',
    'delivery_enqueued',
    'delivery_hour',
  ],
  warehouse: ['load_entry'],
  explorer: ['outcome'],
  workspaces: ['team_member', 'session', 'workspace_member', 'password_reset'],
  processor: ['rejected_command'],
}
const OWNER_OF = new Map(
  Object.entries(OWNERS).flatMap(([owner, tables]) => tables.map((table) => [table, owner])),
)

const CREATED = /\bcreate table (?:if not exists )?([a-z_]+)/gi
const RENAMED_OR_DROPPED = /\b(?:alter table ([a-z_]+) rename to\s+|drop table (?:if exists )?)([a-z_]+)/gi
const NAMED = /\b(?:from|join|into|update|table|lock table|truncate)\s+([a-z_]+)\b/gi
const COPIED = /^([a-z_]+) \(workspace_id\b/

/** Each table of PostgreSQL has one owner, and no SQL elsewhere names it. */
export function tableFaults(tree: SourceTree): string[] {
  const migrations = tree.files.filter(({ path }) => path.startsWith(MIGRATIONS))
  const tables = tablesIn(migrations)
  const orphans = [...tables].filter((table) => !OWNER_OF.has(table))
  return [
    ...orphans.map(
      (table) => `${MIGRATIONS}: table ${table} has no owner; name one in structure/table-faults.ts`,
    ),
    ...tree.files.filter(isShippedServer).flatMap(strangersIn),
  ]
}

/** The tables that stand after all migrations, in the order of their numbers. */
function tablesIn(migrations: readonly SourceFile[]): Set<string> {
  const tables = new Set<string>()
  for (const { text } of migrations.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const sql = text.replaceAll(/--.*$/gm, '')
    for (const [, table] of sql.matchAll(CREATED)) tables.add((table as string).toLowerCase())
    for (const [, renamed, other] of sql.matchAll(RENAMED_OR_DROPPED)) {
      if (renamed === undefined) tables.delete(other as string)
      else tables.delete(renamed)
      if (renamed !== undefined) tables.add(other as string)
    }
  }
  return tables
}

function isShippedServer({ path, isTest }: SourceFile): boolean {
  return path.startsWith(SERVER) && !isTest
}

function strangersIn({ ast, path }: SourceFile): string[] {
  if (ast === undefined) return []
  const [folder] = path.slice(SERVER.length).split('/')
  const faults: string[] = []
  visit(ast, (node) => {
    if (!isText(node) || ts.isImportDeclaration(node.parent)) return
    for (const table of tablesNamedIn(node.text)) {
      const owner = OWNER_OF.get(table)
      if (owner === undefined || owner === folder || isOfClickHouse(table, node.text)) continue
      faults.push(
        `${path}:${lineOf(ast, node)}: SQL names ${table}, which belongs to ${owner}; ask its contract`,
      )
    }
  })
  return faults
}

/** ClickHouse has a table of this name too, whose rows carry `workspace`. */
function isOfClickHouse(table: string, sql: string): boolean {
  return table === 'identifier' && !sql.includes('workspace_id')
}

/** Words after `from` and the like stand in prose too: only text that looks like SQL counts. */
function tablesNamedIn(text: string): string[] {
  const copied = COPIED.exec(text)?.[1]
  const isSql = /\b(select|insert into|update|delete from|join|lock table|truncate|alter table)\b/.test(text)
  const named = isSql ? [...text.matchAll(NAMED)].map(([, table]) => table as string) : []
  return copied === undefined ? named : [copied, ...named]
}
