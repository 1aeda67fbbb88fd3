import { type ReactNode, useId } from 'react'
import css from './section.module.css'

interface SectionProps {
  title: string
  lead?: ReactNode
  /** At the right of the title. */
  action?: ReactNode
  children: ReactNode
}

/** A part of a page with a title of its own. */
export function Section({ title, lead, action, children }: SectionProps) {
  const id = useId()
  return (
    <section className={css.section} aria-labelledby={id}>
      <div className="row wrap">
        <div className="grow">
          <h2 id={id}>{title}</h2>
          {lead !== undefined && <p className="quiet">{lead}</p>}
        </div>
        {action}
      </div>
      {children}
    </section>
  )
}

/** A name, and what tells it from others below it. */
export function TwoLines({ name, below }: { name: ReactNode; below?: ReactNode }) {
  return (
    <span className={css.two}>
      <span className="cut">{name}</span>
      {below !== undefined && below !== null && <span className="cut">{below}</span>}
    </span>
  )
}
