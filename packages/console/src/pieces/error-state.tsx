import { Button } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../api/api-error.ts'
import { useErrorWords } from '../words/error-words.ts'
import { ServerSaid } from './server-said.tsx'
import css from './state.module.css'

/** In place of what could not be read: what is wrong, its reference, and a way to try again. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: (() => unknown) | undefined }) {
  const { t } = useTranslation('pieces')
  const say = useErrorWords()
  return (
    <div className={css.state} role="alert">
      <IconPlugConnectedX size={28} stroke={1.25} className={css.icon} aria-hidden />
      <h2 className={css.title}>{t('errorTitle')}</h2>
      <p className={css.lead}>{say(error)}</p>
      <ServerSaid error={error} />
      {error instanceof ApiError && error.id !== undefined && (
        <p className="note">{t('errorId', { id: error.id })}</p>
      )}
      {onRetry !== undefined && (
        <div className={css.action}>
          <Button variant="default" onClick={() => void onRetry()}>
            {t('retry')}
          </Button>
        </div>
      )}
    </div>
  )
}
