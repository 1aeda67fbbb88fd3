import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { SecretOnce } from '../../pieces/secret-once.tsx'

/** A key that was made now, shown once. */
export function KeyOnce({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useTranslation('team')
  return (
    <div className="stack">
      <SecretOnce label={t('keys.secret')} secret={secret} hint={t('keys.once')} />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button onClick={onClose}>{t('keys.done')}</Button>
      </div>
    </div>
  )
}
