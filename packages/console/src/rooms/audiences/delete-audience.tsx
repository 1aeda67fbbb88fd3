import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import type { Json } from '@affluent/protocol/event'
import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useRouter } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { useSend } from '../../api/use-send.ts'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { ConfirmDialog } from '../../pieces/confirm-dialog.tsx'
import { Dialog } from '../../pieces/dialog.tsx'
import { audiencesIn } from './audience-draft.ts'
import css from './audience-room.module.css'

interface DeleteAudienceProps {
  audience: AudienceAnswer
  opened: boolean
  onClose: () => void
}

interface Use {
  readonly id: string
  readonly href: string
  readonly name: string
  readonly kind: 'usedByAudience' | 'usedByConnection'
}

/** Deletes an audience once nothing uses it any more; until then it says what does. */
export function DeleteAudience({ audience, opened, onClose }: DeleteAudienceProps) {
  const { t } = useTranslation(['audiences', 'pieces'])
  const formats = useFormats()
  const places = usePlaces()
  const router = useRouter()
  // the page of what is gone is not read again; the list is, when it is shown
  const removal = useSend([])
  const uses = useUses(audience.key, opened)
  const { key, name, size } = audience
  const close = () => {
    removal.reset()
    onClose()
  }
  const remove = () =>
    removal.mutate(api('DELETE /v1/audiences/{key}', { params: { key } }), {
      onSuccess: () => {
        notifications.show({ message: t('removal.done', { name }) })
        router.history.push(places.audiences())
      },
    })
  const title = t('removal.title', { name })
  if (uses.length > 0)
    return (
      <Dialog opened={opened} onClose={close} title={title}>
        <div className="stack">
          <p>{t('removal.used')}</p>
          <ul className={css.uses}>
            {uses.map((use) => (
              <li key={use.id}>
                <Anchor href={use.href}>{t(`removal.${use.kind}`, { name: use.name })}</Anchor>
              </li>
            ))}
          </ul>
          <div className="row" style={{ justifyContent: 'flex-end' }}>
            <Button variant="default" onClick={close}>
              {t('pieces:close')}
            </Button>
          </div>
        </div>
      </Dialog>
    )
  return (
    <ConfirmDialog
      opened={opened}
      onClose={close}
      title={title}
      confirm={t('removal.confirm')}
      onConfirm={remove}
      word={key}
      isDanger
      isBusy={removal.isPending}
      error={removal.error}
    >
      <p>
        {size === null || size === 0
          ? t('removal.leadNobody')
          : t('removal.lead', { count: size, shown: formats.number(size) })}
      </p>
    </ConfirmDialog>
  )
}

/** What would stand without the audience: other audiences and connections. */
function useUses(key: string, enabled: boolean): Use[] {
  const places = usePlaces()
  const audiences = useGet(api('GET /v1/audiences'), { enabled })
  const connections = useGet(api('GET /v1/connections', { query: { audience: key } }), { enabled })
  const destinations = useGet(api('GET /v1/destinations'), { enabled })
  const names = new Map(destinations.data?.destinations.map(({ id, name }) => [id, name]))
  const naming = (audiences.data?.audiences ?? []).filter(
    (other) => other.key !== key && audiencesIn(other.condition as Json).includes(key),
  )
  return [
    ...naming.map((other): Use => {
      return { id: other.key, kind: 'usedByAudience', name: other.name, href: places.audience(other.key) }
    }),
    ...(connections.data?.connections ?? []).map(({ id, destination }): Use => {
      const name = names.get(destination) ?? destination
      return { id, kind: 'usedByConnection', name, href: places.destination(destination) }
    }),
  ]
}
