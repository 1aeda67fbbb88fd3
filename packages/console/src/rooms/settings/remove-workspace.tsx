import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { ApiError } from '../../api/api-error.ts'
import { call } from '../../api/call.ts'
import { api, queryKeyOf } from '../../api/request.ts'
import { useWorkspace } from '../../api/use-workspace.ts'
import { useChangeWorkspaces, type Workspace } from '../../api/workspaces.ts'
import { useFormats } from '../../app/formats.ts'
import { ConfirmDialog } from '../../pieces/confirm-dialog.tsx'

const PIPELINE = api('GET /v1/pipeline')

/** Removes a workspace after its name has been typed; says how much goes with it. */
export function RemoveWorkspace({ workspace, onClose }: { workspace: Workspace; onClose: () => void }) {
  const { t } = useTranslation('settings')
  const formats = useFormats()
  const here = useWorkspace()
  const router = useRouter()
  const { remove } = useChangeWorkspaces()
  const { slug, name } = workspace
  // Of the workspace that goes, which need not be the one in which one is.
  const pipeline = useQuery({
    queryKey: queryKeyOf(slug, PIPELINE),
    queryFn: ({ signal }) => call(PIPELINE, { workspace: slug, signal }),
  }).data
  const removal = useMutation<void, ApiError>({
    mutationFn: () => remove(slug),
    onSuccess: () => {
      onClose()
      notifications.show({ message: t('remove.started') })
      if (here === slug) router.history.push('/')
    },
  })
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('remove.title', { name })}
      word={slug}
      confirm={t('remove.confirm')}
      onConfirm={() => removal.mutate()}
      isBusy={removal.isPending}
      error={removal.error}
      isDanger
    >
      <p>{t('remove.lead')}</p>
      {pipeline !== undefined && (
        <p>{t('remove.events', { count: pipeline.accepted, shown: formats.number(pipeline.accepted) })}</p>
      )}
      <p className="quiet">{t('remove.final')}</p>
    </ConfirmDialog>
  )
}
