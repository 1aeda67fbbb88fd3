import type { SourceAnswer } from '@affluent/protocol/endpoints/sources'
import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useSend } from '../../api/use-send.ts'
import { ConfirmDialog } from '../../pieces/confirm-dialog.tsx'
import { Instant } from '../../pieces/instant.tsx'
import { endOfOverlap, type Overlap, OverlapChoice } from '../../pieces/overlap-choice.tsx'
import css from './sources-room.module.css'

/** All write keys of a source that are good, with their last use and end; replaced and revoked here. */
export function WriteKeys({ source }: { source: SourceAnswer }) {
  const { t } = useTranslation('sources')
  const [isRotating, rotating] = useDisclosure(false)
  const [going, setGoing] = useState<string | undefined>()
  const { writeKeys } = source
  return (
    <section className={css.section}>
      <div className="row wrap">
        <h3 className="grow">{t('keys.title')}</h3>
        <Button variant="default" size="xs" onClick={rotating.open}>
          {t('keys.rotate')}
        </Button>
      </div>
      <ul className={css.warnings}>
        {writeKeys.map(({ key, lastUsedAt, expiresAt }) => (
          <li key={key} className="row wrap">
            <div className="grow">
              <code className={css.whole}>{key}</code>
              <p className="note">
                {t('keys.used')} <Instant at={lastUsedAt} />
                {expiresAt !== null && (
                  <>
                    {' · '}
                    {t('keys.ends')} <Instant at={expiresAt} />
                  </>
                )}
              </p>
            </div>
            <Button
              variant="default"
              size="xs"
              aria-label={t('keys.revokeName', { key })}
              onClick={() => setGoing(key)}
            >
              {t('keys.revoke')}
            </Button>
          </li>
        ))}
      </ul>
      {isRotating && <Rotate source={source} onClose={rotating.close} />}
      {going !== undefined && <Revoke source={source} writeKey={going} onClose={() => setGoing(undefined)} />}
    </section>
  )
}

interface DialogProps {
  source: SourceAnswer
  onClose: () => void
}

function Rotate({ source, onClose }: DialogProps) {
  const { t } = useTranslation('sources')
  const [overlap, setOverlap] = useState<Overlap>('month')
  const rotate = useSend(['/v1/sources'])
  const params = { slug: source.slug }
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('keys.rotateTitle', { name: source.name })}
      confirm={t('keys.rotateConfirm')}
      onConfirm={() =>
        rotate.mutate(
          api('POST /v1/sources/{slug}/write-keys', { params, body: { oldUntil: endOfOverlap(overlap) } }),
          { onSuccess: onClose },
        )
      }
      isBusy={rotate.isPending}
      error={rotate.error}
    >
      <p>{t('keys.rotateLead')}</p>
      <OverlapChoice value={overlap} onChange={setOverlap} />
    </ConfirmDialog>
  )
}

function Revoke({ source, writeKey, onClose }: DialogProps & { writeKey: string }) {
  const { t } = useTranslation('sources')
  const revoke = useSend(['/v1/sources'])
  const params = { slug: source.slug, key: writeKey }
  const request = api('DELETE /v1/sources/{slug}/write-keys/{key}', { params })
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('keys.revokeTitle', { name: source.name })}
      confirm={t('keys.revokeConfirm')}
      onConfirm={() => revoke.mutate(request, { onSuccess: onClose })}
      isBusy={revoke.isPending}
      error={revoke.error}
      isDanger
    >
      <p>
        <code>{writeKey}</code>
      </p>
      <p>{t('keys.revokeLead')}</p>
      {source.writeKeys.length === 1 && <p>{t('keys.revokeLast')}</p>}
    </ConfirmDialog>
  )
}
