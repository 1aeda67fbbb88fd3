/**
 * Length of a text in bytes of UTF-8; half a surrogate pair counts as the three bytes of its replacement.
 * @param text any text
 */
function utf8Bytes(text: string): number {
  let bytes = text.length
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80) continue
    if (unit < 0x800) bytes += 1
    else if (unit >= 0xd800 && unit <= 0xdbff && isLowSurrogate(text.charCodeAt(at + 1))) {
      bytes += 2
      at++
    } else bytes += 2
  }
  return bytes
}

/** Whether a text is longer than `max` bytes of UTF-8. */
export function isLongerThan(text: string, max: number): boolean {
  if (text.length > max) return true
  return text.length * 3 > max && utf8Bytes(text) > max
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}

const CONTROL = /[\u0000-\u001f\u007f]/

/**
 * Whether a text cannot be an identifier: it holds control characters, half a surrogate pair, or the replacement
 * character, under which several broken identifiers would become one.
 */
export function hasForbiddenCharacters(text: string): boolean {
  return CONTROL.test(text) || !text.isWellFormed() || text.includes('\ufffd')
}

const ESCAPED_CONTROL = /[\u0000-\u001f]/

/**
 * Whether a text cannot be an object key. It looks only for what JSON must write as an escape, so that the scan sees
 * every such key.
 */
export function isForbiddenKey(key: string): boolean {
  return ESCAPED_CONTROL.test(key) || !key.isWellFormed()
}

/** Replaces NUL and half surrogate pairs by U+FFFD, the replacement character. */
export function repairText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\ufffd')
}

/** A piece of the input short enough for an error message. */
export function quote(text: string, max = 40): string {
  const clean = text.toWellFormed().replaceAll(new RegExp(CONTROL, 'g'), ' ')
  return clean.length <= max ? clean : `${clean.slice(0, max - 1).toWellFormed()}…`
}
