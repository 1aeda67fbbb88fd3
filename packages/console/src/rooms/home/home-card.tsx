import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Anchor } from '../../pieces/anchor.tsx'
import { ErrorState } from '../../pieces/error-state.tsx'
import { LoadingRows } from '../../pieces/loading-rows.tsx'
import css from './home-room.module.css'

interface HomeCardProps<Row> {
  title: string
  /** Small words beside the title. */
  beside?: ReactNode
  /** Where the whole list is. */
  all: string
  rows: readonly Row[] | undefined
  error: unknown
  onRetry: () => unknown
  empty: ReactNode
  children: (rows: readonly Row[]) => ReactNode
}

/** A short list on Home with the way to the whole one. */
export function HomeCard<Row>({
  title,
  beside,
  all,
  rows,
  error,
  onRetry,
  empty,
  children,
}: HomeCardProps<Row>) {
  const { t } = useTranslation('home')
  return (
    <section className={`card ${css.card}`} aria-label={title}>
      <header className={css.head}>
        <h2>{title}</h2>
        <span className="note grow cut">{beside}</span>
        {rows !== undefined && rows.length > 0 && (
          <Anchor href={all} className="note">
            {t('seeAll')}
            <span className="unseen"> {title}</span>
          </Anchor>
        )}
      </header>
      {rows === undefined && error !== null && <ErrorState error={error} onRetry={onRetry} />}
      {rows === undefined && error === null && <LoadingRows rows={3} />}
      {rows !== undefined && (rows.length === 0 ? empty : <ul className={css.rows}>{children(rows)}</ul>)}
    </section>
  )
}
