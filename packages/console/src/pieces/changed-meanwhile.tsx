import { Button } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Edit } from '../api/use-edit.ts'
import { useFormats } from '../app/formats.ts'
import css from './changed-meanwhile.module.css'

/** One thing that is not the same in both. */
export interface Difference {
  readonly label: string
  readonly mine: ReactNode
  readonly theirs: ReactNode
}

interface ChangedMeanwhileProps {
  edit: Edit
  /** What differs between the two. */
  differences: readonly Difference[]
  /** Puts theirs into the fields. */
  onTake: () => void
}

/**
 * Nothing was saved, since somebody else came first: who and when, both side by side, and the choice. Shows nothing
 * without a conflict.
 */
export function ChangedMeanwhile({ edit, differences, onTake }: ChangedMeanwhileProps) {
  const { t } = useTranslation('pieces')
  const formats = useFormats()
  const { conflict } = edit
  if (conflict === undefined) return null
  const { changedBy, changedAt } = conflict
  return (
    <section className={css.box} role="alert" aria-label={t('changed.title')}>
      <p className={css.title}>
        <IconUsers size={18} stroke={1.5} aria-hidden />
        <span>
          {changedBy === null || changedAt === null
            ? t('changed.somebody')
            : t('changed.by', { name: changedBy, ago: formats.relative(changedAt) })}
        </span>
      </p>
      {differences.length === 0 ? (
        <p className="note">{t('changed.same')}</p>
      ) : (
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{t('changed.what')}</th>
              <th scope="col">{t('changed.mine')}</th>
              <th scope="col">{t('changed.theirs')}</th>
            </tr>
          </thead>
          <tbody>
            {differences.map(({ label, mine, theirs }) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td>{mine}</td>
                <td>{theirs}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className="row wrap">
        <Button size="xs" loading={edit.isBusy} onClick={edit.replace}>
          {t('changed.replace')}
        </Button>
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            edit.takeTheirs()
            onTake()
          }}
        >
          {t('changed.take')}
        </Button>
      </div>
    </section>
  )
}
