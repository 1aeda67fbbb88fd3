import type { SourceAnswer } from '@affluent/protocol/source-api'
import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSend } from '../../api/use-send.ts'
import { ConfirmDialog } from '../../pieces/confirm-dialog.tsx'
import { Instant } from '../../pieces/instant.tsx'
import { endOfOverlap, type Overlap, OverlapChoice } from '../../pieces/overlap-choice.tsx'
import css from './sources-room.module.css'

/** All write keys of a source that are good, with their last use and end; replaced and revoked here. */
export function WriteKeys({ source, path }: { source: SourceAnswer; path: string }) {
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
      {isRotating && <Rotate source={source} path={path} onClose={rotating.close} />}
      {going !== undefined && (
        <Revoke source={source} path={path} writeKey={going} onClose={() => setGoing(undefined)} />
      )}
    </section>
  )
}

interface DialogProps {
  source: SourceAnswer
  path: string
  onClose: () => void
}

function Rotate({ source, path, onClose }: DialogProps) {
  const { t } = useTranslation('sources')
  const [overlap, setOverlap] = useState<Overlap>('month')
  const rotate = useSend(['/v1/sources'])
  const body = () => ({ oldUntil: endOfOverlap(overlap) })
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('keys.rotateTitle', { name: source.name })}
      confirm={t('keys.rotateConfirm')}
      onConfirm={() =>
        rotate.mutate({ method: 'POST', path: `${path}/write-keys`, body: body() }, { onSuccess: onClose })
      }
      isBusy={rotate.isPending}
      error={rotate.error}
    >
      <p>{t('keys.rotateLead')}</p>
      <OverlapChoice value={overlap} onChange={setOverlap} />
    </ConfirmDialog>
  )
}

function Revoke({ source, path, writeKey, onClose }: DialogProps & { writeKey: string }) {
  const { t } = useTranslation('sources')
  const revoke = useSend(['/v1/sources'])
  const target = `${path}/write-keys/${encodeURIComponent(writeKey)}`
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('keys.revokeTitle', { name: source.name })}
      confirm={t('keys.revokeConfirm')}
      onConfirm={() => revoke.mutate({ method: 'DELETE', path: target }, { onSuccess: onClose })}
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
