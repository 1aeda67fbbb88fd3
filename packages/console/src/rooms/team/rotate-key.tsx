import type { ApiAnswer } from '@affluent/protocol/api-calls'
import type { KeyAnswer } from '@affluent/protocol/endpoints/keys'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useSend } from '../../api/use-send.ts'
import { ConfirmDialog } from '../../pieces/confirm-dialog.tsx'
import { Dialog } from '../../pieces/dialog.tsx'
import { endOfOverlap, type Overlap, OverlapChoice } from '../../pieces/overlap-choice.tsx'
import { KeyOnce } from './key-once.tsx'

/** Makes a key in the place of another one, which stays good for a while; then shows it once. */
export function RotateKey({ apiKey, onClose }: { apiKey: KeyAnswer; onClose: () => void }) {
  const { t } = useTranslation('team')
  const [overlap, setOverlap] = useState<Overlap>('week')
  const rotate = useSend<ApiAnswer<'POST /v1/keys/{id}/rotate'>>(['/v1/keys'])
  const { id, name } = apiKey
  if (rotate.data !== undefined)
    return (
      <Dialog opened onClose={onClose} title={t('keys.madeTitle', { name })} isKept>
        <KeyOnce secret={rotate.data.secret} onClose={onClose} />
      </Dialog>
    )
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('keys.rotateTitle', { name })}
      confirm={t('keys.rotateConfirm')}
      onConfirm={() =>
        rotate.mutate(
          api('POST /v1/keys/{id}/rotate', { params: { id }, body: { oldUntil: endOfOverlap(overlap) } }),
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
