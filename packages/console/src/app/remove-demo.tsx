import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { ApiError } from '../api/api-error.ts'
import { call } from '../api/call.ts'
import { api, queryKeyOf } from '../api/request.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useChangeWorkspaces, type Workspace } from '../api/workspaces.ts'
import { ConfirmDialog } from '../pieces/confirm-dialog.tsx'
import { useFormats } from './formats.ts'

const PIPELINE = api('GET /v1/pipeline')

/** Says what goes with the demo shop, and lets it go. */
export function RemoveDemo({
  demo,
  opened,
  onClose,
}: {
  demo: Workspace
  opened: boolean
  onClose: () => void
}) {
  const { t } = useTranslation('shell')
  const here = useWorkspace()
  const router = useRouter()
  const formats = useFormats()
  const { data } = useQuery({
    queryKey: queryKeyOf(demo.slug, PIPELINE),
    enabled: opened,
    queryFn: ({ signal }) => call(PIPELINE, { workspace: demo.slug, signal }),
  })
  const { remove } = useChangeWorkspaces()
  const removal = useMutation<void, ApiError>({
    mutationFn: () => remove(demo.slug),
    onSuccess: () => {
      onClose()
      notifications.show({ message: t('removeDemo.started') })
      if (here === demo.slug) router.history.push('/')
    },
  })
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={t('removeDemo.title')}
      confirm={t('removeDemo.confirm')}
      onConfirm={() => removal.mutate()}
      isBusy={removal.isPending}
      error={removal.error}
      word={demo.slug}
      isDanger
    >
      <p>{t('removeDemo.lead', { name: demo.name })}</p>
      <ul style={{ margin: 0, paddingLeft: 20 }}>
        <li>
          {data === undefined
            ? t('removeDemo.events')
            : t('removeDemo.eventsCounted', { count: data.accepted, shown: formats.number(data.accepted) })}
        </li>
        <li>{t('removeDemo.audiences')}</li>
        <li>{t('removeDemo.destinations')}</li>
      </ul>
      <p className="quiet">{t('removeDemo.others')}</p>
    </ConfirmDialog>
  )
}
