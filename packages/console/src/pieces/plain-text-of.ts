const PICTURES_FROM = 0x2400
const DELETE_PICTURE = '\u2421'
const SHAPELESS = /[\u0000-\u001f\u007f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g

/**
 * A text with signs that have no shape of their own made visible: control characters as their pictures (␀), marks that
 * turn the direction of writing as their numbers (⟨U+202E⟩), so that what is shown is what is there.
 */
export function plainTextOf(text: string): string {
  return text.replace(SHAPELESS, (sign) => {
    const code = sign.charCodeAt(0)
    if (code < 0x20) return String.fromCharCode(PICTURES_FROM + code)
    return code === 0x7f ? DELETE_PICTURE : `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`
  })
}
