import type { TestAnswer } from '@affluent/protocol/endpoints/destinations'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../api/api-error.ts'
import { useFormats } from '../../app/formats.ts'
import { ErrorNote } from '../../pieces/error-note.tsx'
import { RawMessage } from '../../pieces/raw-message.tsx'
import { StatusBadge } from '../../pieces/status-badge.tsx'
import css from './destinations.module.css'
import { saysMore } from './last-error.ts'
import { urlFaultOf } from './url-fault.ts'
import { useReasons } from './use-reasons.ts'

/** What came of a test: the answer with its time, or why there was none and what to do. */
export function TestResult({ answer, error }: { answer: TestAnswer | undefined; error: unknown }) {
  if (error !== null && error !== undefined) return <Refused error={error} />
  return answer === undefined ? null : <Answered answer={answer} />
}

/** Nothing was sent at all. */
function Refused({ error }: { error: unknown }) {
  const { t } = useTranslation('destinations')
  if (!(error instanceof ApiError)) return <ErrorNote error={error} />
  if (error.code === 'nothing_leaves_a_sandbox')
    return (
      <p className={css.held} role="alert">
        {t('test.sandbox')}
      </p>
    )
  if (error.code !== 'url_not_allowed') return <ErrorNote error={error} />
  return (
    <div className={css.result} role="alert">
      <p>{t(`test.urlFaults.${urlFaultOf(error.message)}`)}</p>
      <RawMessage text={error.message} />
    </div>
  )
}

function Answered({ answer: { ok, attempt } }: { answer: TestAnswer }) {
  const { t } = useTranslation('destinations')
  const formats = useFormats()
  const reasons = useReasons()
  const { status, ms, error } = attempt
  const todo = error === null ? undefined : reasons.todoOfTest(error.code)
  const duration = formats.duration(ms)
  return (
    <div className={css.result} data-good={ok || undefined} role="status" aria-label={t('test.title')}>
      <div className="row wrap">
        <StatusBadge tone={ok ? 'good' : 'bad'}>
          {error === null ? String(status) : reasons.reason(error.code)}
        </StatusBadge>
        <span>{ok ? t('test.good', { status, duration }) : t('test.bad', { duration })}</span>
      </div>
      {error !== null && (
        <>
          {saysMore(error.message) && <RawMessage text={error.message} />}
          {todo !== undefined && (
            <p>
              <strong>{t('test.todo')}</strong> {todo}
            </p>
          )}
        </>
      )}
    </div>
  )
}
