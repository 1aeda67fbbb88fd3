import { plainTextOf } from './plain-text-of.ts'

/**
 * A text that came from outside: shown as text, apart from the direction of what stands around it, signs without a
 * shape made visible.
 */
export function PlainText({ children, code = false }: { children: string; code?: boolean }) {
  return <bdi className={code ? 'code' : undefined}>{plainTextOf(children)}</bdi>
}
