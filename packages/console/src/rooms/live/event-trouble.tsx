import type { EventDetailAnswer } from '@affluent/protocol/event-api'
import { Button } from '@mantine/core'
import { IconRepeat, IconTool } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PlainText } from '../../pieces/plain-text.tsx'
import css from './event-trouble.module.css'
import { useReasonWords } from './reason-words.ts'
import { RepairEvent } from './repair-event.tsx'
import { ReplayReason } from './replay-reason.tsx'

/** Why an event did not become one of a person, and the way to mend it. Nothing for all the others. */
export function EventTrouble({ detail: { event } }: { detail: EventDetailAnswer }) {
  const { t } = useTranslation('live')
  const reason = useReasonWords()
  const [isRepairing, setRepairing] = useState(false)
  const [isReplaying, setReplaying] = useState(false)
  const { outcome, code, message, raw, outcomeId } = event
  if (outcome === 'accepted' || outcome === 'processed') return null
  const advice = reason.advice(event)
  const canReplay = outcomeId !== null && raw !== null && outcome !== 'duplicate'
  return (
    <section className={css.trouble} data-outcome={outcome} aria-label={t('trouble.title')}>
      <h3>{reason.short(event) ?? t(`outcomes.${outcome}`)}</h3>
      {advice !== undefined && <p>{advice}</p>}
      {message !== null && outcome !== 'duplicate' && (
        <p className="note">
          {t('trouble.serverSays')} <PlainText>{message}</PlainText>
        </p>
      )}
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
          onClose={() => setReplaying(false)}
          code={code}
          reason={reason.short(event) ?? code}
          source={event.source}
        />
      )}
    </section>
  )
}
