import { useTranslation } from 'react-i18next'
import { ApiError } from '../api/api-error.ts'
import css from './state.module.css'

/** The server's own message and where it is about, behind a disclosure: for those who look after the server. */
export function ServerSaid({ error }: { error: unknown }) {
  const { t } = useTranslation('errors')
  if (!(error instanceof ApiError) || error.status === 0 || error.message === '') return null
  return (
    <details className={css.said}>
      <summary>{t('serverSaid')}</summary>
      <bdi>{error.path === undefined ? error.message : `${error.path}: ${error.message}`}</bdi>
    </details>
  )
}
