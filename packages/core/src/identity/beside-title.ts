import type { Identifier, Json } from '@affluent/protocol/event'

const CITY_TRAITS = ['city', 'address.city', 'town', 'ville'] as const

/**
 * What tells a person from a namesake in a list: the e-mail and the city, else the strongest identifier that is not the
 * title.
 * @param traitOf the value of a top-level trait; undefined: there is none
 * @param identifiers strongest first
 */
export function besideTitle(
  title: string,
  traitOf: (name: string) => Json | undefined,
  identifiers: readonly Identifier[],
): string[] {
  const email = identifiers.find(({ namespace }) => namespace === 'email')?.value
  const city = CITY_TRAITS.map((path) => textAt(traitOf, path)).find((text) => text !== undefined)
  const told = [email, city].filter((text) => text !== undefined && text !== title)
  if (told.length > 0) return told as string[]
  const other = identifiers.find(({ value }) => value !== title)
  return other === undefined ? [] : [other.value]
}

function textAt(traitOf: (name: string) => Json | undefined, path: string): string | undefined {
  const [root = '', inner] = path.split('.')
  const value = traitOf(root)
  const found =
    inner === undefined || typeof value !== 'object' || value === null || Array.isArray(value)
      ? value
      : value[inner]
  return typeof found === 'string' && found.trim() !== '' && (inner === undefined || found !== value)
    ? found.trim()
    : undefined
}
