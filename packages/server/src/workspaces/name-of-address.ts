/** What stands before the `@` of an e-mail address, with a capital: a member's name until they say otherwise. */
export function nameOfAddress(email: string): string {
  const [local = email] = email.split('@', 1)
  return local.charAt(0).toUpperCase() + local.slice(1)
}
