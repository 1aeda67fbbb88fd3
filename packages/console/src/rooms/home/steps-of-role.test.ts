import { rolesOf } from '@affluent/protocol/permission'
import { ROLES } from '@affluent/protocol/role'
import { expect, test } from 'vitest'
import { STEP_NEEDS, STEPS, STEPS_OF_ROLE } from './steps-of-role.ts'

test.each(ROLES)('the first steps of the role %s can be ticked from what the role may read', (role) => {
  const reads = {
    source: 'sources:read',
    event: 'pipeline:read',
    profile: 'catalogue:read',
    audience: 'audiences:read',
    members: 'audiences:read',
    destination: 'destinations:read',
    connection: 'connections:read',
    colleague: 'members:read',
  } as const
  for (const step of STEPS_OF_ROLE[role]) expect(rolesOf(reads[step])).toContain(role)
})

test.each(ROLES)(
  'at least one of the first steps of the role %s is theirs to take, unless they only read',
  (role) => {
    const own = STEPS_OF_ROLE[role].filter((step) => rolesOf(STEP_NEEDS[step])?.includes(role))
    expect(own.length > 0).toBe(role !== 'viewer')
  },
)

test('each step is the first step of some role', () => {
  expect(new Set(Object.values(STEPS_OF_ROLE).flat())).toEqual(new Set(STEPS))
})
