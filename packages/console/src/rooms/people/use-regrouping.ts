import type { RegroupingAnswer } from '@affluent/protocol/endpoints/identity'
import type { ProfileAnswer } from '@affluent/protocol/endpoints/profiles'
import { useEffect, useState } from 'react'
import type { ApiError } from '../../api/api-error.ts'
import type { Request } from '../../api/request.ts'
import { useSend } from '../../api/use-send.ts'
import { type UndoStory, undoStory } from './undo-story.ts'

/** Who is one person, being decided. */
export interface Regrouping {
  readonly request: Request
  /** What it would do, then what it did; undefined: not known yet */
  readonly story: UndoStory | undefined
  /** Ids of the profiles there would be, then are. */
  readonly profiles: readonly string[]
  /** Both are one profile already. */
  readonly isOne: boolean
  readonly isDone: boolean
  readonly isBusy: boolean
  readonly error: ApiError | null
  readonly act: () => void
}

/**
 * Tries a decision about who is one person, then carries it out.
 * @param requestOf the decision; `dryRun` only tries it
 * @param ledgerId the merge that it undoes, if it undoes one
 */
export function useRegrouping(
  profile: ProfileAnswer,
  requestOf: (query: { readonly dryRun?: 'true' }) => Request<RegroupingAnswer>,
  ledgerId = '',
): Regrouping {
  // What the profile was when the question was asked: afterwards it is another.
  const [before] = useState({ id: profile.id, traits: profile.traits })
  const trial = useSend<RegroupingAnswer>([])
  const deed = useSend<RegroupingAnswer>(['/v1/profiles', '/v1/events', '/v1/audiences'])
  const request = requestOf({})
  const { path, body } = request
  useEffect(() => trial.mutate(requestOf({ dryRun: 'true' })), [path, JSON.stringify(body)])
  const answer = deed.data ?? trial.data
  return {
    request,
    story: answer === undefined ? undefined : undoStory(answer, ledgerId, before),
    profiles: answer?.profiles ?? [],
    isOne: trial.data?.changes.before.length === 1,
    isDone: deed.isSuccess,
    isBusy: deed.isPending,
    error: deed.error ?? trial.error,
    act: () => deed.mutate(request),
  }
}
