import { type Permission, rolesOf } from '@affluent/protocol/permission'
import type { Role } from '@affluent/protocol/role'
import { useWorkspace } from './use-workspace.ts'
import { useWorkspaces } from './workspaces.ts'

/** The member's role in the workspace of the page; undefined while it is not known. */
export function useRole(): Role | undefined {
  const slug = useWorkspace()
  return useWorkspaces().find((one) => one.slug === slug)?.role ?? undefined
}

/**
 * Whether the member may do something in the workspace of the page. The server decides in the end: this keeps away what
 * it would refuse.
 */
export function useMay(permission: Permission): boolean {
  return isGranted(useRole(), permission)
}

/** A function that says it of any permission. */
export function useMayDo(): (permission: Permission) => boolean {
  const role = useRole()
  return (permission) => isGranted(role, permission)
}

/** Whether the member may do something that takes place in no workspace: one of their roles must permit it. */
export function useMaySomewhere(permission: Permission): boolean {
  return useWorkspaces().some(({ role }) => isGranted(role ?? undefined, permission))
}

/** Whether a role has a permission; undefined: no role. */
export function isGranted(role: Role | undefined, permission: Permission): boolean {
  const roles = rolesOf(permission)
  return roles === null || (role !== undefined && roles.includes(role))
}
