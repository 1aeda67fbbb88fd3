import { PERMISSIONS, type Permission } from '@affluent/protocol/permission'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../api/api-error.ts'
import { type Formats, useFormats } from '../app/formats.ts'
import { useRoleWords } from './use-role-words.ts'

/** Words whose key is not the code: a key that ends in _many is a plural. */
const KEYS: Readonly<Record<string, string>> = { too_many: 'limit_reached' }

/** A function that says an error in the member's language. */
export function useErrorWords(): (error: unknown) => string {
  const { t } = useTranslation(['errors', 'roles'])
  const formats = useFormats()
  const rolesFor = useRoleWords()
  return (error) => {
    const said = sayError(error, t as TFunction<'errors'>, formats)
    const needs =
      error instanceof ApiError && error.code === 'not_allowed' ? error.details['needs'] : undefined
    return isPermission(needs) ? `${said} ${t('roles:needed', { roles: rolesFor(needs) })}` : said
  }
}

/** A function that says why something failed, by its code; without one, or without words for it, as the server did. */
export function useReasonWords(): (code: string | null, message: string) => string {
  const { t } = useTranslation('errors')
  return (code, message) => (code === null ? message : t(keyOf(code), { defaultValue: message }))
}

/**
 * An error in words: by its reason where that has words, else by its code. The server's own message is in its language,
 * and stands behind these words only.
 */
export function sayError(
  error: unknown,
  t: TFunction<'errors'>,
  { number }: Pick<Formats, 'number'>,
): string {
  if (!(error instanceof ApiError)) return t('unexpected')
  const { reason, ...parameters } = error.details
  const values = Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === 'number' ? number(value) : value,
    ]),
  )
  const byReason =
    typeof reason === 'string' ? t(`reasons.${reason}` as 'unexpected', { ...values, defaultValue: '' }) : ''
  return byReason === '' ? t(keyOf(error.code), { defaultValue: t('unexpected') }) : byReason
}

function keyOf(code: string): 'unexpected' {
  return (KEYS[code] ?? code) as 'unexpected'
}

function isPermission(needs: unknown): needs is Permission {
  return typeof needs === 'string' && Object.hasOwn(PERMISSIONS, needs)
}
