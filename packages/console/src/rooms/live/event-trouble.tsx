import type { EventDetailAnswer } from '@affluent/protocol/endpoints/events'
import type { Handling } from '@affluent/protocol/event-row'
import { Button } from '@mantine/core'
import { IconArchive, IconArchiveOff, IconRepeat, IconTool } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useMay } from '../../api/use-may.ts'
import { useSend } from '../../api/use-send.ts'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { ErrorNote } from '../../pieces/error-note.tsx'
import { PlainText } from '../../pieces/plain-text.tsx'
import css from './event-trouble.module.css'
import { useReasonWords } from './reason-words.ts'
import { RepairEvent } from './repair-event.tsx'
import { ReplayReason } from './replay-reason.tsx'

/** Why an event did not become one of a person, and the way to fix it. Nothing for all the others. */
export function EventTrouble({
  detail: { event },
  onManyChanged,
}: {
  detail: EventDetailAnswer
  onManyChanged: (() => void) | undefined
}) {
  const { t } = useTranslation('live')
  const reason = useReasonWords()
  const [isRepairing, setRepairing] = useState(false)
  const [isReplaying, setReplaying] = useState(false)
  const mayEdit = useMay('quarantine:edit')
  const { outcome, code, message, raw, outcomeId, handling } = event
  if (outcome === 'accepted' || outcome === 'processed') return null
  const advice = reason.advice(event)
  const canReplay = mayEdit && outcomeId !== null && raw !== null && outcome !== 'duplicate'
  return (
    <section className={css.trouble} data-outcome={outcome} aria-label={t('trouble.title')}>
      <h3>{reason.short(event) ?? t(`outcomes.${outcome}`)}</h3>
      {advice !== undefined && <p>{advice}</p>}
      {message !== null && outcome !== 'duplicate' && (
        <p className="note">
          {t('trouble.serverSays')} <PlainText>{message}</PlainText>
        </p>
      )}
      {handling !== null && <Handled handling={handling} />}
      {canReplay && (
        <div className="row wrap">
          <Button
            size="xs"
            leftSection={<IconTool size={14} stroke={1.5} aria-hidden />}
            aria-expanded={isRepairing}
            onClick={() => setRepairing(!isRepairing)}
          >
            {t('trouble.repair')}
          </Button>
          {handling !== null && <Dismiss outcomeId={outcomeId} handling={handling} />}
          {code !== null && (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconRepeat size={14} stroke={1.5} aria-hidden />}
              onClick={() => setReplaying(true)}
            >
              {t('trouble.replayAll')}
            </Button>
          )}
        </div>
      )}
      {isRepairing && canReplay && <RepairEvent outcomeId={outcomeId} raw={raw} />}
      {code !== null && (
        <ReplayReason
          opened={isReplaying}
          onClose={() => {
            setReplaying(false)
            onManyChanged?.()
          }}
          code={code}
          reason={reason.short(event) ?? code}
          source={event.source}
        />
      )}
    </section>
  )
}

/** What has been done about it, when and by whom. */
function Handled({ handling: { state, at, by, position } }: { handling: Handling }) {
  const { t } = useTranslation('live')
  const formats = useFormats()
  const places = usePlaces()
  if (state === 'open') return null
  const when = at === null ? '' : formats.exact(at)
  return (
    <p className="row wrap">
      <span>
        {t(`handling.${state}`)} · {t(by === null ? 'handling.at' : 'handling.byAt', { by, when })}
      </span>
      {position !== null && (
        <Anchor href={places.live({ event: `evt_${position}`, view: 'story' })}>{t('repair.see')}</Anchor>
      )}
    </p>
  )
}

/** Sets it aside, or takes it up again. */
function Dismiss({ outcomeId, handling: { state } }: { outcomeId: string; handling: Handling }) {
  const { t } = useTranslation('live')
  const dismiss = useSend(['/v1/outcomes', '/v1/events'])
  const isDismissed = state === 'dismissed'
  const Sign = isDismissed ? IconArchiveOff : IconArchive
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<Sign size={14} stroke={1.5} aria-hidden />}
        loading={dismiss.isPending}
        onClick={() =>
          dismiss.mutate(
            api('POST /v1/outcomes/{id}/dismiss', {
              params: { id: outcomeId },
              body: { dismissed: !isDismissed },
            }),
          )
        }
      >
        {t(isDismissed ? 'handling.reopen' : 'handling.dismiss')}
      </Button>
      <ErrorNote error={dismiss.error} />
    </>
  )
}
