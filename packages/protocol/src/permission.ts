import { ROLES, type Role } from './role.ts'
import type { Scope } from './scope.ts'

/**
 * A cell for each role in the order of `ROLES`: y has the permission, m has it and sees people masked, - has it not.
 * With one more role every row must say.
 */
type RoleRow<Names extends readonly unknown[] = typeof ROLES> = Names extends readonly [
  unknown,
  ...infer Rest,
]
  ? `${'y' | 'm' | '-'}${RoleRow<Rest>}`
  : ''

interface PermissionRule {
  /** which scope of an API key grants it; null: no key has it, only team members */
  readonly scope: Scope | null
  /** which roles of a team member have it; null: whoever has signed in, without a role too */
  readonly roles: RoleRow | null
  /** what it permits, as a sentence about somebody who has it */
  readonly permits: string
}

/**
 * Every permission. Each endpoint names one of them, and whoever calls must have it. An endpoint whose permission has
 * an m declares how its answer is masked, or it does not compile.
 */
export const PERMISSIONS = {
  'profiles:read': {
    scope: 'read',
    roles: 'yymmmyym',
    permits: 'Read a profile, its events, audiences and identity history',
  },
  'profiles:search': {
    scope: 'read',
    roles: 'yymmmyym',
    permits: 'List profiles, and search them by id or identifier',
  },
  'personal-values:search': {
    scope: 'read',
    roles: 'yyy--yy-',
    permits: 'Search people by e-mail, phone, name or any other personal value',
  },
  'personal-values:ask': {
    scope: 'audiences',
    roles: 'yyy--y--',
    permits: 'Compare a personal field with a value in a condition',
  },
  'identity:edit': { scope: 'people', roles: 'yy---y--', permits: 'Merge, unmerge and keep profiles apart' },
  'identity-rules:read': {
    scope: 'read',
    roles: 'yyyyyyyy',
    permits: 'Read the identity rules and simulate them',
  },
  'identity-rules:edit': { scope: 'admin', roles: 'yy------', permits: 'Change the identity rules' },
  'audiences:read': { scope: 'read', roles: 'yyymmyym', permits: 'Read audiences, their sizes and trends' },
  'audiences:edit': { scope: 'audiences', roles: 'yyym----', permits: 'Create, change and delete audiences' },
  'audiences:preview': {
    scope: 'read',
    roles: 'yymm----',
    permits: 'Preview a condition: its size and some of the people',
  },
  'audience-members:read': { scope: 'read', roles: 'yymmmyym', permits: 'List the members of an audience' },
  'catalogue:read': {
    scope: 'read',
    roles: 'yyyyyyyy',
    permits: 'Read names and values of events, traits and identifiers',
  },
  'catalogue-values:read': {
    scope: 'read',
    roles: 'yymmmyym',
    permits: 'Suggest values in use, which may be personal',
  },
  'events:read': {
    scope: 'read',
    roles: 'yy-mmy--',
    permits: 'Use the live debugger: read raw events as they come',
  },
  'quarantine:read': {
    scope: 'read',
    roles: 'yy--my--',
    permits: 'Read events that were refused or quarantined, with raw bytes',
  },
  'quarantine:edit': {
    scope: 'destinations',
    roles: 'yy--my--',
    permits: 'Repair, replay and dismiss quarantined events',
  },
  'pipeline:read': { scope: 'read', roles: 'yyyyyyyy', permits: 'Read the counts of the pipeline' },
  'sources:read': { scope: 'read', roles: 'yy--y---', permits: 'Read sources and their write keys' },
  'sources:edit': {
    scope: 'destinations',
    roles: 'yy--y---',
    permits: 'Create and change sources and their write keys',
  },
  'destinations:read': {
    scope: 'read',
    roles: 'yyyyyyyy',
    permits: 'Read destinations and their health, without secrets',
  },
  'destinations:edit': {
    scope: 'destinations',
    roles: 'yy--y---',
    permits: 'Create, change, test and delete destinations',
  },
  'connections:read': { scope: 'read', roles: 'yymmyyym', permits: 'Read connections' },
  'connections:preview': { scope: 'read', roles: 'yy--m---', permits: 'Preview the payload of a connection' },
  'connections:edit': {
    scope: 'destinations',
    roles: 'yy--y---',
    permits: 'Create, change and delete connections',
  },
  'deliveries:read': {
    scope: 'read',
    roles: 'yy--my--',
    permits: 'Read deliveries: their payloads and every attempt',
  },
  'deliveries:replay': { scope: 'destinations', roles: 'yy--y---', permits: 'Replay deliveries' },
  'workspaces:read': { scope: 'read', roles: null, permits: 'List workspaces' },
  'workspaces:create': { scope: null, roles: 'yy------', permits: 'Create a workspace' },
  'workspace:edit': {
    scope: 'admin',
    roles: 'yy------',
    permits: 'Change name, zone, currency and country of a workspace',
  },
  'workspace:remove': { scope: null, roles: 'y-------', permits: 'Remove a workspace with all its data' },
  'keys:read': { scope: null, roles: 'yy------', permits: 'List the API keys' },
  'keys:edit': { scope: null, roles: 'yy------', permits: 'Create, rotate and revoke API keys' },
  'members:read': {
    scope: null,
    roles: 'yy------',
    permits: 'List the members of a workspace and their roles',
  },
  'members:edit': {
    scope: null,
    roles: 'yy------',
    permits: 'Invite members, change their roles, remove them',
  },
  'system-mail:test': {
    scope: null,
    roles: 'yy------',
    permits: 'See and test the mail of the installation',
  },
  'account:own': {
    scope: null,
    roles: null,
    permits: 'Sign in and out, and manage the own sessions, name and password',
  },
} as const satisfies Readonly<Record<string, PermissionRule>>

export type Permission = keyof typeof PERMISSIONS

/** The scope that an API key needs for a permission; null: no key has it, only team members. */
export function scopeOf(permission: Permission): Scope | null {
  return PERMISSIONS[permission].scope
}

/** A permission that some role has masked. */
export type MaskedPermission = {
  [P in Permission]: (typeof PERMISSIONS)[P]['roles'] extends `${string}m${string}` ? P : never
}[Permission]

/** How somebody with a permission sees people. */
export type SeenAs = 'plain' | 'masked'

/** The roles of team members that have a permission, masked or not; null: whoever has signed in. */
export function rolesOf(permission: Permission): readonly Role[] | null {
  const { roles } = PERMISSIONS[permission]
  return roles === null ? null : ROLES.filter((role) => seenAs(permission, role) !== undefined)
}

/** How a role sees people by a permission; undefined: it has the permission not. */
export function seenAs(permission: Permission, role: Role): SeenAs | undefined {
  const { roles } = PERMISSIONS[permission]
  return roles === null ? 'plain' : SEEN_AS[cellOf(roles, role)]
}

/**
 * Whether each permission of a role is one of another role too, and shows no more: nobody grants more than they have.
 */
export function isWithin(role: Role, other: Role): boolean {
  return Object.values(PERMISSIONS).every(
    ({ roles }) => roles === null || RANKS[cellOf(roles, role)] <= RANKS[cellOf(roles, other)],
  )
}

type Cell = 'y' | 'm' | '-'

const SEEN_AS: Readonly<Record<Cell, SeenAs | undefined>> = { y: 'plain', m: 'masked', '-': undefined }
const RANKS: Readonly<Record<Cell, number>> = { '-': 0, m: 1, y: 2 }

function cellOf(row: RoleRow, role: Role): Cell {
  return row.charAt(ROLES.indexOf(role)) as Cell
}
