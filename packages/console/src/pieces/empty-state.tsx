import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import css from './state.module.css'

interface EmptyStateProps {
  icon?: Icon
  /** What will be here. */
  title: string
  /** Why it is empty. */
  lead?: ReactNode
  /** The one next step. */
  action?: ReactNode
  /** It is the whole page: its title is the page's. */
  isPage?: boolean
}

/** In place of a list or chart that has nothing yet. */
export function EmptyState({ icon: Sign, title, lead, action, isPage = false }: EmptyStateProps) {
  const Heading = isPage ? 'h1' : 'h2'
  return (
    <div className={css.state}>
      {Sign !== undefined && <Sign size={28} stroke={1.25} className={css.icon} aria-hidden />}
      <Heading className={isPage ? undefined : css.title}>{title}</Heading>
      {lead !== undefined && <p className={css.lead}>{lead}</p>}
      {action !== undefined && <div className={css.action}>{action}</div>}
    </div>
  )
}
