import { type ReactNode, useEffect } from 'react'
import css from './page-head.module.css'

interface PageHeadProps {
  title: string
  /** What stands beside the title: a badge, a count. */
  beside?: ReactNode
  lead?: ReactNode
  /** At the right: the one primary action last. */
  actions?: ReactNode
  /** Above the title: the way back to the list. */
  back?: ReactNode
}

/** The head of a room; it also names the browser's tab. */
export function PageHead({ title, beside, lead, actions, back }: PageHeadProps) {
  useEffect(() => {
    document.title = `${title} · Affluent`
  }, [title])
  return (
    <header className={css.head}>
      {back !== undefined && <div className={css.back}>{back}</div>}
      <div className={css.line}>
        <div className={css.title}>
          <h1>{title}</h1>
          {beside}
        </div>
        {actions !== undefined && <div className={css.actions}>{actions}</div>}
      </div>
      {lead !== undefined && <p className={css.lead}>{lead}</p>}
    </header>
  )
}
