import type { QueryClient } from '@tanstack/react-query'

/** Stands in the place of the workspace in the key of an answer that is the same in all of them. */
export const NO_WORKSPACE = null

/**
 * Reads every answer again whose path begins with one of `changes`: those of one workspace, and those that are the same
 * in all.
 */
export function readAgain(
  queries: QueryClient,
  workspace: string,
  changes: readonly string[],
): Promise<void> {
  return queries.invalidateQueries({
    predicate: ({ queryKey: [owner, path] }) =>
      (owner === workspace || owner === NO_WORKSPACE) &&
      typeof path === 'string' &&
      changes.some((start) => path.startsWith(start)),
  })
}
