const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** How long a text may be that reads as a number. */
export const NUMBER_CHARS_MAX = 64

/**
 * The number that a text reads as, for `"as":"number"`: digits as programs write them, without spaces, units and
 * separators of thousands.
 * @returns undefined when it reads as none
 */
export function numberIn(text: string): number | undefined {
  if (text.length > NUMBER_CHARS_MAX || !NUMBER.test(text)) return undefined
  const number = Number(text)
  return Number.isFinite(number) ? number + 0 : undefined
}
