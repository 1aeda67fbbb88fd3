import { tmpdir } from 'node:os'

const LONGEST_ROOT_BYTES = 60

/**
 * A folder for temporary things whose path is short and plain enough for unix sockets below it, which the kernel
 * limits to 107 bytes (103 on macOS).
 */
export function shortTemporaryRoot(): string {
  const root = tmpdir()
  return /^[\w./-]+$/.test(root) && root.length <= LONGEST_ROOT_BYTES ? root : '/tmp'
}
