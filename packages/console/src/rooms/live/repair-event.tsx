import type { ApiAnswer } from '@affluent/protocol/api-calls'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../api/api-error.ts'
import { api } from '../../api/request.ts'
import { useSend } from '../../api/use-send.ts'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { ErrorNote } from '../../pieces/error-note.tsx'
import css from './event-trouble.module.css'
import { JsonEditor } from './json-editor.tsx'
import { OutcomeBadge } from './outcome-badge.tsx'
import { laidOut, readObject } from './read-event-text.ts'
import { useReasonWords } from './reason-words.ts'

type ReplayAnswer = ApiAnswer<'POST /v1/outcomes/{id}/replay'>

/** Mends the JSON of what was kept back and sends it again; says what came of it. */
export function RepairEvent({ outcomeId, raw }: { outcomeId: string; raw: string }) {
  const { t } = useTranslation('live')
  const [text, setText] = useState(() => laidOut(raw))
  const replay = useSend<ReplayAnswer>(['/v1/outcomes', '/v1/events'])
  const event = readObject(text)
  const send = (again: boolean) => {
    if (event === undefined) return
    const body = { event, ...(again ? { again } : {}) }
    replay.mutate(api('POST /v1/outcomes/{id}/replay', { params: { id: outcomeId }, body }))
  }
  const wasSent = replay.error instanceof ApiError && replay.error.code === 'already_replayed'
  return (
    <div className="stack" style={{ gap: 8 }}>
      <JsonEditor label={t('repair.label')} text={text} onText={setText} />
      <div className="row wrap">
        <Button
          size="xs"
          disabled={event === undefined}
          loading={replay.isPending}
          onClick={() => send(false)}
        >
          {t('repair.send')}
        </Button>
        {wasSent && (
          <Button size="xs" variant="default" loading={replay.isPending} onClick={() => send(true)}>
            {t('repair.again')}
          </Button>
        )}
        <Button size="xs" variant="subtle" onClick={() => setText(laidOut(raw))}>
          {t('repair.reset')}
        </Button>
      </div>
      {replay.error !== null && <Refused error={replay.error} wasSent={wasSent} />}
      {replay.data !== undefined && <Taken answer={replay.data} />}
    </div>
  )
}

function Refused({ error, wasSent }: { error: ApiError; wasSent: boolean }) {
  const { t } = useTranslation('live')
  const reason = useReasonWords()
  if (wasSent) return <ErrorNote>{t('repair.wasSent')}</ErrorNote>
  const ending = { outcome: 'refused', code: error.code }
  const advice = reason.advice(ending)
  if (advice === undefined) return <ErrorNote error={error} />
  return (
    <ErrorNote>
      {t('repair.refused')} {advice} {error.path !== undefined && <code>{error.path}</code>}
    </ErrorNote>
  )
}

function Taken({ answer }: { answer: ReplayAnswer }) {
  const { t } = useTranslation('live')
  const formats = useFormats()
  const places = usePlaces()
  const reason = useReasonWords()
  return (
    <div role="status" className={css.taken}>
      <OutcomeBadge outcome={answer.outcome} />
      <span>{t('repair.taken', { position: formats.number(answer.position) })}</span>
      <Anchor href={places.live({ event: `evt_${answer.position}`, view: 'story' })}>
        {t('repair.see')}
      </Anchor>
      {answer.code !== null && <span className="quiet">{reason.short(answer) ?? answer.message}</span>}
      {answer.rejected.length > 0 && (
        <span className="quiet">
          {t('repair.someRejected', {
            count: answer.rejected.length,
            shown: formats.number(answer.rejected.length),
          })}
        </span>
      )}
    </div>
  )
}
