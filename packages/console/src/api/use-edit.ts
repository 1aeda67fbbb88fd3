import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError } from './api-error.ts'
import { readAgain } from './read-again.ts'
import type { Request } from './request.ts'
import { useSend } from './use-send.ts'
import { useWorkspace } from './use-workspace.ts'

/** Somebody else's change that came before this one. */
export interface Conflict {
  readonly version: number
  /** as people call them; null: not known */
  readonly changedBy: string | null
  readonly changedAt: string | null
}

/** Saving a thing that several people edit. */
export interface Edit {
  readonly save: (request: Request, onSaved?: () => void) => void
  readonly isBusy: boolean
  /** of the last try; a conflict is no error */
  readonly error: ApiError | null
  /** nothing was saved: somebody else came first */
  readonly conflict: Conflict | undefined
  /** saves the same again, on top of the other change */
  readonly replace: () => void
  /** gives this change up for the other one */
  readonly takeTheirs: () => void
  readonly reset: () => void
}

/**
 * Saves changes of a thing only while it is still as its editor saw it.
 * @param changes addresses that are read again, also when somebody else came first
 * @param version of the thing as the editor saw it; a save that succeeds makes the next one
 */
export function useEdit(
  changes: readonly string[],
  version: number,
  onVersion: (version: number) => void,
): Edit {
  const sending = useSend(changes)
  const queries = useQueryClient()
  const workspace = useWorkspace()
  const [last, setLast] = useState<{ readonly request: Request; readonly onSaved: () => void } | undefined>()
  const conflict = conflictIn(sending.error)
  const send = (request: Request, ifMatch: number, onSaved: () => void) => {
    setLast({ request, onSaved })
    sending.mutate(
      { ...request, ifMatch },
      {
        onSuccess: () => {
          onVersion(ifMatch + 1)
          onSaved()
        },
        onError: (error) => {
          // theirs is shown beside mine
          if (conflictIn(error) !== undefined) void readAgain(queries, workspace, changes)
        },
      },
    )
  }
  return {
    save: (request, onSaved = () => undefined) => send(request, version, onSaved),
    isBusy: sending.isPending,
    error: conflict === undefined ? sending.error : null,
    conflict,
    replace: () => {
      if (last !== undefined && conflict !== undefined) send(last.request, conflict.version, last.onSaved)
    },
    takeTheirs: () => {
      if (conflict !== undefined) onVersion(conflict.version)
      sending.reset()
    },
    reset: sending.reset,
  }
}

/** The change that came first, when that is what an error says. */
function conflictIn(error: unknown): Conflict | undefined {
  if (!(error instanceof ApiError) || error.code !== 'changed_meanwhile') return undefined
  const { version, changedBy, changedAt } = error.details
  return {
    version: typeof version === 'number' ? version : 0,
    changedBy: typeof changedBy === 'string' ? changedBy : null,
    changedAt: typeof changedAt === 'string' ? changedAt : null,
  }
}
