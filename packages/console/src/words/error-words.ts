import { useTranslation } from 'react-i18next'
import { ApiError } from '../api/api-error.ts'

/** A function that says an error in the member's language: by its code where we know it, else as the server did. */
export function useErrorWords(): (error: unknown) => string {
  const { t, i18n } = useTranslation('errors')
  return (error) => {
    if (!(error instanceof ApiError)) return t('unexpected')
    const key = error.code as 'unexpected'
    return i18n.exists(key, { ns: 'errors' }) ? t(key) : error.message
  }
}
