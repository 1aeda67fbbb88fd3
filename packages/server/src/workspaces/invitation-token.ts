import { createHash, randomBytes } from 'node:crypto'

const TOKEN_BYTES = 32

/** The secret of an invitation, such as `inv_Zx3f...`: 256 bits. */
export function newInvitation(): string {
  return `inv_${randomBytes(TOKEN_BYTES).toString('base64url')}`
}

/** What is kept of an invitation: its SHA-256. */
export function hashInvitation(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
