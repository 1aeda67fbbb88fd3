import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { ApiError } from '../../api/api-error.ts'
import { ErrorNote } from '../../pieces/error-note.tsx'
import type { ReadDraft } from './audience-draft.ts'
import css from './builder.module.css'

interface BuilderFootProps {
  read: ReadDraft
  isNew: boolean
  isTried: boolean
  isBusy: boolean
  error: ApiError | null
  onLeave: () => void
}

/** What stands in the way of saving, and the two ways out of the builder. */
export function BuilderFoot({ read, isNew, isTried, isBusy, error, onLeave }: BuilderFootProps) {
  const { t } = useTranslation('audiences')
  const missing = read.incomplete.length
  const hasNothing = read.condition === null && missing === 0 && !read.hasJsonFault
  return (
    <>
      {missing > 0 && <p className="note">{t('builder.incomplete', { count: missing })}</p>}
      {isTried && missing > 0 && <ErrorNote>{t('builder.complete')}</ErrorNote>}
      {isTried && hasNothing && <ErrorNote>{t('builder.jsonMissing')}</ErrorNote>}
      <ErrorNote error={error} />
      <div className={css.save}>
        <Button type="submit" loading={isBusy}>
          {t(isNew ? 'builder.save' : 'builder.saveChanges')}
        </Button>
        <Button variant="default" onClick={onLeave}>
          {t('builder.discard')}
        </Button>
        <span className="note">{t('builder.saveHint')}</span>
      </div>
    </>
  )
}
