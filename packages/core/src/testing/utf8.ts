// core is compiled without Node's types, its tests too

/** The bytes of a text; half a surrogate pair becomes the replacement character, as in any encoder. */
export function encodeUtf8(text: string): Uint8Array {
  const escaped = encodeURIComponent(text.toWellFormed())
  const bytes = escaped.replaceAll(/%(..)/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Uint8Array.from(bytes, (character) => character.charCodeAt(0))
}

/** The text of bytes that `encodeUtf8` made. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decodeURIComponent(Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''))
}
