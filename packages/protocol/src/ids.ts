declare const brand: unique symbol
type Brand<T, B extends string> = T & { readonly [brand]: B }

// "prf_" then 13 characters of a-z and 2-7. Tells nothing about how many profiles there are; the same before and after
// a merge and an un-merge.
export type ProfileId = Brand<string, 'ProfileId'>

const PROFILE_ID = /^prf_[a-z2-7]{13}$/

/** @returns undefined when the text has not the form of a profile id */
export function parseProfileId(text: string): ProfileId | undefined {
  return PROFILE_ID.test(text) ? (text as ProfileId) : undefined
}
