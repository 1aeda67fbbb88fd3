import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from './error-note.tsx'

interface FormFootProps {
  error: unknown
  onCancel: () => void
  /** The verb of the button that submits. */
  submit: string
  isReady?: boolean | undefined
  isBusy: boolean
  /** Red: something goes away. */
  isDanger?: boolean | undefined
}

/** The end of a form in a dialog: what went wrong, the way out, the act. */
export function FormFoot({
  error,
  onCancel,
  submit,
  isReady = true,
  isBusy,
  isDanger = false,
}: FormFootProps) {
  const { t } = useTranslation('pieces')
  return (
    <>
      <ErrorNote error={error} />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onCancel}>
          {t('cancel')}
        </Button>
        <Button type="submit" disabled={!isReady} loading={isBusy} {...(isDanger ? { color: 'red' } : {})}>
          {submit}
        </Button>
      </div>
    </>
  )
}
