import type { Permission } from '@affluent/protocol/permission'
import type { Role } from '@affluent/protocol/role'

export const STEPS = [
  'source',
  'event',
  'profile',
  'audience',
  'members',
  'destination',
  'connection',
  'colleague',
] as const
/** What a new team member does first; each is ticked from what the server has. */
export type FirstStep = (typeof STEPS)[number]

/** The first steps by role, in the order in which they are taken. */
export const STEPS_OF_ROLE: Readonly<Record<Role, readonly FirstStep[]>> = {
  owner: ['source', 'event', 'profile', 'audience', 'destination', 'colleague'],
  admin: ['source', 'event', 'profile', 'audience', 'destination', 'colleague'],
  developer: ['source', 'event', 'destination', 'connection'],
  marketer: ['profile', 'audience', 'members', 'connection'],
  analyst: ['event', 'profile', 'audience', 'members'],
  privacy_officer: ['event', 'profile', 'destination', 'connection'],
  support: ['profile', 'audience'],
  viewer: ['event', 'audience', 'destination'],
}

/** What whoever takes a step must be permitted to do. */
export const STEP_NEEDS: Readonly<Record<FirstStep, Permission>> = {
  source: 'sources:edit',
  event: 'sources:edit',
  profile: 'profiles:read',
  audience: 'audiences:edit',
  members: 'audience-members:read',
  destination: 'destinations:edit',
  connection: 'connections:edit',
  colleague: 'members:edit',
}
