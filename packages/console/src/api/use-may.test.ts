import { PERMISSIONS, type Permission, rolesOf } from '@affluent/protocol/permission'
import { ROLES } from '@affluent/protocol/role'
import { expect, test } from 'vitest'
import { isGranted } from './use-may.ts'

test('a role is granted what the table of permissions says, and nobody without a role what asks for one', () => {
  for (const permission of Object.keys(PERMISSIONS) as Permission[]) {
    const roles = rolesOf(permission)
    for (const role of ROLES)
      expect([permission, role, isGranted(role, permission)]).toEqual([
        ...[permission, role],
        roles === null || roles.includes(role),
      ])
    expect(isGranted(undefined, permission)).toBe(roles === null)
  }
})
