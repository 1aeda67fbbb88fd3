import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useErrorWords } from '../words/error-words.ts'
import { ServerSaid } from './server-said.tsx'
import css from './state.module.css'

/** One line that says why an action did not succeed, beside the action. Shows nothing without an error. */
export function ErrorNote({ error, children }: { error?: unknown; children?: ReactNode }) {
  const say = useErrorWords()
  if ((error === null || error === undefined) && children === undefined) return null
  return (
    <div className={css.note} role="alert">
      <IconAlertTriangle size={16} stroke={1.5} aria-hidden />
      <span>
        {children ?? say(error)}
        {children === undefined && <ServerSaid error={error} />}
      </span>
    </div>
  )
}
