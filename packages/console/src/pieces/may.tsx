import type { Permission } from '@affluent/protocol/permission'
import type { ReactNode } from 'react'
import { useMay } from '../api/use-may.ts'

/** Shows what only those see who have a permission in this workspace. */
export function May({
  to,
  children,
  otherwise = null,
}: {
  to: Permission
  children: ReactNode
  otherwise?: ReactNode
}) {
  return useMay(to) ? children : otherwise
}
