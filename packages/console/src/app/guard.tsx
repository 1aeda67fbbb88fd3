import type { Permission } from '@affluent/protocol/permission'
import type { RouteComponent } from '@tanstack/react-router'
import { useMay, useRole } from '../api/use-may.ts'
import { RoleNeeded } from '../pieces/role-needed.tsx'
import { Opening } from './opening.tsx'

/** A screen, for those whose role opens it. */
export function Guard({ needs, screen: Own }: { needs: Permission; screen: RouteComponent }) {
  const role = useRole()
  const may = useMay(needs)
  if (may) return <Own />
  return role === undefined ? <Opening /> : <RoleNeeded needs={needs} isPage />
}
