import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import { useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { ApiError } from '../../api/api-error.ts'
import { api, type Request } from '../../api/request.ts'
import { type Edit, useEdit } from '../../api/use-edit.ts'
import { useSend } from '../../api/use-send.ts'
import { usePlaces } from '../../app/places.ts'
import { isKey, type ReadDraft } from './audience-draft.ts'
import type { DraftEditor } from './use-draft.ts'

interface Saving {
  readonly request: Request
  /** a try was made, so that what is missing is said */
  readonly isTried: boolean
  readonly isBusy: boolean
  /** of the last try, until the draft is changed */
  readonly error: ApiError | null
  /** of a change: whether somebody else came first */
  readonly edit: Edit
  readonly save: () => void
  /** gives the draft up */
  readonly leave: () => void
}

/** Saves a draft and leads to its audience. @param audience undefined: a new one */
export function useSaving(
  editor: DraftEditor,
  read: ReadDraft,
  audience: AudienceAnswer | undefined,
  isNameTaken: boolean,
): Saving {
  const places = usePlaces()
  const router = useRouter()
  const [isTried, setTried] = useState(false)
  const sending = useSend(['/v1/audiences'])
  const { draft, change, forget } = editor
  const edit = useEdit(['/v1/audiences'], draft.version, (version) =>
    change((before) => ({ ...before, version })),
  )
  const { isError, reset } = sending
  const editReset = edit.reset
  useEffect(() => {
    // what was said of the draft before is not said of this one
    if (isError) reset()
    if (edit.error !== null) editReset()
  }, [draft])

  const body = { name: draft.name.trim(), condition: read.condition, population: draft.population }
  const request =
    audience === undefined
      ? api('POST /v1/audiences', { body: { key: draft.key, ...body } })
      : api('PUT /v1/audiences/{key}', { params: { key: audience.key }, body })
  const isWhole = read.condition !== null && read.incomplete.length === 0 && !read.hasJsonFault
  const save = () => {
    setTried(true)
    if (body.name === '' || isNameTaken || !isKey(draft.key) || !isWhole) return
    const onSaved = () => {
      forget()
      router.history.push(places.audience(draft.key))
    }
    if (audience === undefined) sending.mutate(request, { onSuccess: onSaved })
    else edit.save(request, onSaved)
  }
  const leave = () => {
    forget()
    router.history.push(audience === undefined ? places.audiences() : places.audience(audience.key))
  }
  const isBusy = sending.isPending || edit.isBusy
  return { request, isTried, isBusy, error: sending.error ?? edit.error, edit, save, leave }
}
