/** One identifier of a person. */
export interface MemberIdentifier {
  readonly namespace: string
  readonly value: string
}

// What people recognise each other by, first.
const BY_PREFERENCE = ['email', 'user_id', 'phone', 'anonymous_id']

/** A person's identifiers, those that people know them by first. */
function byPreference(identifiers: readonly MemberIdentifier[]): readonly MemberIdentifier[] {
  return identifiers.toSorted((a, b) => rankOf(a) - rankOf(b))
}

/** The identifiers that a person's title does not say already. */
export function besideTitle(
  identifiers: readonly MemberIdentifier[],
  title: string,
): readonly MemberIdentifier[] {
  return byPreference(identifiers).filter(({ value }) => value !== title)
}

function rankOf({ namespace }: MemberIdentifier): number {
  const rank = BY_PREFERENCE.indexOf(namespace)
  // other namespaces, such as a loyalty card, say more than an anonymous id
  return rank === -1 ? BY_PREFERENCE.length - 1.5 : rank
}
