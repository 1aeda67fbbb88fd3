import { useTranslation } from 'react-i18next'
import { ApiError } from '../api/api-error.ts'

/** A function that says why something failed: by its code where we know it, else as the server did. */
export function useReasonWords(): (code: string | null, message: string) => string {
  const { t, i18n } = useTranslation('errors')
  return (code, message) => {
    const key = code as 'unexpected'
    return code !== null && i18n.exists(key, { ns: 'errors' }) ? t(key) : message
  }
}

/** A function that says an error in the member's language: by its code where we know it, else as the server did. */
export function useErrorWords(): (error: unknown) => string {
  const { t } = useTranslation('errors')
  const sayReason = useReasonWords()
  return (error) => (error instanceof ApiError ? sayReason(error.code, error.message) : t('unexpected'))
}
