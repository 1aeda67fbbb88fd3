/** What a team member is in a workspace. Which permissions each role has stands in `permission.ts`. */
export const ROLES = [
  'owner',
  'admin',
  'marketer',
  'analyst',
  'developer',
  'privacy_officer',
  'support',
  'viewer',
] as const
export type Role = (typeof ROLES)[number]

/** What people call the roles. */
export const ROLE_NAMES: Readonly<Record<Role, string>> = {
  owner: 'owner',
  admin: 'admin',
  marketer: 'marketer',
  analyst: 'analyst',
  developer: 'developer',
  privacy_officer: 'privacy officer',
  support: 'support',
  viewer: 'viewer',
}
