/** A random UUID. Pages without TLS have no `randomUUID`, only random bytes. */
export function newId(): string {
  return typeof crypto.randomUUID === 'function' ? crypto.randomUUID() : uuidFromBytes()
}

function uuidFromBytes(): string {
  const hex = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  )
  const text = hex.join('')
  const variant = '89ab'[Number.parseInt(text.charAt(16), 16) % 4]
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-${variant}${text.slice(17, 20)}-${text.slice(20)}`
}
