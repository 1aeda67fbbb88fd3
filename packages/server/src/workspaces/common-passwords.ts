import { PASSWORD_CHARS_MIN } from '@affluent/protocol/limits'

let common: Promise<ReadonlySet<string>> | undefined

/**
 * Whether a password is one of those that are tried first: it stands in lists of leaked passwords, whatever its
 * capitals.
 */
export async function isCommonPassword(password: string): Promise<boolean> {
  common ??= readCommon()
  return (await common).has(password.toLowerCase())
}

/** Read when it is first asked for: few processes ever are. */
async function readCommon(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  const words = dictionary['passwords-common']
  return new Set(words.filter(({ length }) => length >= PASSWORD_CHARS_MIN))
}
