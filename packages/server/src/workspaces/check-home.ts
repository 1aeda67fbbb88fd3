import { hasTelephones } from '@affluent/core/identity/normalize-phone'
import { ApiError } from '../platform/http/api-error.ts'

/** Where a workspace is at home. */
export interface Home {
  readonly zone: string
  readonly currency: string | null
  readonly country: string | null
}

const ZONE = /^[a-z][\w+-]*(?:\/[\w+-]+)*$/i

/**
 * Checks the names of a zone, a currency and a country.
 * @returns them, the zone as its database writes it
 * @throws ApiError 400 when one of them is none
 */
export function checkHome({ zone, currency, country }: Home): Home {
  const known = knownZone(zone)
  if (known === undefined)
    throw wrong('zone', `"${zone}" is no time zone; write an IANA name such as "Europe/Paris".`)
  if (currency !== null && !Intl.supportedValuesOf('currency').includes(currency))
    throw wrong(
      'currency',
      `"${currency}" is no currency; write a code of ISO 4217 in capitals such as "EUR".`,
    )
  if (country !== null && !hasTelephones(country))
    throw wrong('country', `"${country}" is no country; write a code of ISO 3166 in capitals such as "FR".`)
  return { zone: known, currency, country }
}

function knownZone(zone: string): string | undefined {
  if (!ZONE.test(zone)) return undefined
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions()
    // an alias keeps its name; in other letters it is no name that every store knows
    return timeZone.toLowerCase() === zone.toLowerCase() ? timeZone : zone
  } catch {
    return undefined
  }
}

function wrong(path: string, message: string): ApiError {
  return new ApiError(400, 'invalid_request', message, { path })
}
