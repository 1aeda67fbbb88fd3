import type { Identifier, Json } from '@affluent/protocol/event'

/** Traits that a title is made of. */
export const TITLE_TRAITS = ['name', 'firstName', 'first_name', 'lastName', 'last_name', 'email'] as const

/**
 * What a profile is called in lists: the name, else first and last name, else the e-mail, else its strongest
 * identifier.
 * @param traitOf the value of a trait; undefined: there is none
 * @param identifiers strongest first
 * @returns '' when nothing is known
 */
export function titleProfile(
  traitOf: (name: string) => Json | undefined,
  identifiers: readonly Identifier[],
): string {
  const text = (name: (typeof TITLE_TRAITS)[number]) => {
    const value = traitOf(name)
    return typeof value === 'string' ? value.trim() : ''
  }
  const first = text('firstName') || text('first_name')
  const last = text('lastName') || text('last_name')
  const email = identifiers.find(({ namespace }) => namespace === 'email')?.value
  return text('name') || `${first} ${last}`.trim() || email || text('email') || (identifiers[0]?.value ?? '')
}
