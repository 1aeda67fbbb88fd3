import type { ApiAnswer } from '@affluent/protocol/api-calls'
import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { useSend } from '../../api/use-send.ts'
import { ErrorNote } from '../../pieces/error-note.tsx'
import { Section } from '../../pieces/section.tsx'

/** The mail of the installation: as whom it is sent, and a try of it. */
export function SystemMail() {
  const { t } = useTranslation('team')
  const { data, error } = useGet(api('GET /v1/system-mail'))
  const trial = useSend<ApiAnswer<'POST /v1/system-mail/test'>>([])
  const result = trial.data
  return (
    <Section
      title={t('mail.title')}
      lead={t('mail.lead')}
      action={
        data?.isSetUp === true && (
          <Button
            variant="default"
            loading={trial.isPending}
            onClick={() => trial.mutate(api('POST /v1/system-mail/test'))}
          >
            {t('mail.test')}
          </Button>
        )
      }
    >
      {error !== null && <ErrorNote error={error} />}
      {data?.isSetUp === false && <p className="quiet">{t('mail.none')}</p>}
      {data?.isSetUp === true && <p>{t('mail.from', { from: data.from, server: data.server })}</p>}
      {trial.error !== null && <ErrorNote error={trial.error} />}
      {result?.delivered === true && <p role="status">{t('mail.delivered', { to: result.to })}</p>}
      {result?.delivered === false && (
        <ErrorNote>{t('mail.refused', { to: result.to, why: result.refusal })}</ErrorNote>
      )}
    </Section>
  )
}
