import { useParams } from '@tanstack/react-router'

/** The slug of the workspace in the address. */
export function useWorkspace(): string {
  const { workspace } = useParams({ from: '/w/$workspace' })
  return workspace
}
