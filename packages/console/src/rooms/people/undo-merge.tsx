import type { ProfileAnswer, RegroupingAnswer } from '@affluent/protocol/api'
import type { GraphAnswer } from '@affluent/protocol/graph-api'
import { Button, Modal } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSend } from '../../api/use-send.ts'
import { useWorkspace } from '../../api/use-workspace.ts'
import { useFormats } from '../../app/formats.ts'
import { CopyAsCurl } from '../../pieces/copy-as-curl.tsx'
import { ErrorNote } from '../../pieces/error-note.tsx'
import { Instant } from '../../pieces/instant.tsx'
import { LoadingRows } from '../../pieces/loading-rows.tsx'
import { useDecisionWords } from '../live/decision-words.ts'
import { IdentifierText } from '../live/identifier-text.tsx'
import { EventPositionLink } from './event-position-link.tsx'
import { PartingSides } from './parting-sides.tsx'
import css from './undo-merge.module.css'
import { type UndoStory, undoStory } from './undo-story.ts'

type Merge = GraphAnswer['merges'][number]

interface UndoMergeProps {
  /** undefined: the dialog is closed. */
  merge: Merge | undefined
  profile: ProfileAnswer
  onClose: () => void
}

/** Undoes a merge: tried first and told in sentences, then asked, then done. */
export function UndoMerge({ merge, profile, onClose }: UndoMergeProps) {
  const { t } = useTranslation(['profile', 'pieces'])
  return (
    <Modal
      opened={merge !== undefined}
      onClose={onClose}
      size="xl"
      title={t('profile:undo.title')}
      closeButtonProps={{ 'aria-label': t('pieces:close') }}
    >
      {merge !== undefined && <Question merge={merge} profile={profile} onClose={onClose} />}
    </Modal>
  )
}

function Question({ merge, profile, onClose }: UndoMergeProps & { merge: Merge }) {
  const { t } = useTranslation(['profile', 'pieces'])
  const workspace = useWorkspace()
  const queries = useQueryClient()
  const navigate = useNavigate({ from: '/w/$workspace/people/$profileId' })
  // What the profile was when the question was asked: afterwards it is another.
  const [before] = useState({ id: profile.id, traits: profile.traits })
  const body = { ledgerId: merge.ledgerId }
  const path = '/v1/identity/unmerge'
  const trial = useSend<RegroupingAnswer>([])
  const act = useSend<RegroupingAnswer>(['/v1/profiles', '/v1/events', '/v1/audiences'])
  useEffect(() => trial.mutate({ method: 'POST', path: `${path}?dryRun=true`, body }), [merge.ledgerId])
  const answer = act.data ?? trial.data
  const story = answer === undefined ? undefined : undoStory(answer, merge.ledgerId, before)
  const kept = story?.sides[0]
  const undo = async () => {
    // The address may name what becomes the other side, by an id from before the merge: stay where the dialog is.
    queries.setQueryData([workspace, `/v1/profiles/${profile.id}`], { profile })
    await navigate({
      to: '/w/$workspace/people/$profileId',
      params: { workspace, profileId: profile.id },
      search: (now) => now,
      replace: true,
      resetScroll: false,
    })
    act.mutate({ method: 'POST', path, body })
  }
  return (
    <div className="stack">
      <Cause merge={merge} />
      {story === undefined && trial.error === null && <LoadingRows rows={5} />}
      {story !== undefined && (
        <>
          <p role="status" className={css.said}>
            {t(act.isSuccess ? 'profile:undo.apart' : 'profile:undo.joined')}
          </p>
          <PartingSides sides={story.sides} by={merge.identifiers} isParted={act.isSuccess} />
          <Effects story={story} isDone={act.isSuccess} />
        </>
      )}
      <ErrorNote error={act.error ?? trial.error} />
      <div className="row">
        <CopyAsCurl request={{ method: 'POST', path, body }} />
        <span className="grow" />
        {act.isSuccess ? (
          <Button onClick={onClose} autoFocus>
            {t('profile:undo.stay', { title: kept?.title ?? '' })}
          </Button>
        ) : (
          <>
            <Button variant="default" onClick={onClose}>
              {t('pieces:cancel')}
            </Button>
            <Button
              color="red"
              disabled={story === undefined}
              loading={act.isPending}
              onClick={() => void undo()}
            >
              {t('profile:merges.undo')}
            </Button>
          </>
        )}
      </div>
    </div>
  )
}

function Cause({ merge }: { merge: Merge }) {
  const { t } = useTranslation('profile')
  const say = useDecisionWords()
  return (
    <p className={css.cause}>
      {say({ kind: 'merged', ...merge })}{' '}
      {merge.identifiers.map(({ namespace, value }) => (
        <IdentifierText key={`${namespace}:${value}`} namespace={namespace} value={value} />
      ))}{' '}
      <span className="note">
        {t('undo.when')} <Instant at={merge.at} />, {t('undo.byEvent')}{' '}
        <EventPositionLink position={merge.event.position} />
      </span>
    </p>
  )
}

/** What concerns both sides. */
function Effects({ story, isDone }: { story: UndoStory; isDone: boolean }) {
  const { t } = useTranslation('profile')
  const formats = useFormats()
  const { alsoCut, blocked, open } = story
  return (
    <ul className={css.effects} aria-label={t('undo.effects')}>
      {blocked.length > 0 && (
        <li>
          {t('undo.blocked', { count: blocked.length })}{' '}
          {blocked.map(({ namespace, value }) => (
            <IdentifierText key={`${namespace}:${value}`} namespace={namespace} value={value} />
          ))}
        </li>
      )}
      {open.length > 0 && (
        <li>
          {t('undo.open', { count: open.length })}{' '}
          {open.map(({ namespace, value }) => (
            <IdentifierText key={`${namespace}:${value}`} namespace={namespace} value={value} />
          ))}
        </li>
      )}
      {alsoCut.length > 0 && (
        <li>{t('undo.alsoCut', { count: alsoCut.length, shown: formats.number(alsoCut.length) })}</li>
      )}
      <li>{t(isDone ? 'undo.stayApart' : 'undo.willStayApart')}</li>
      <li>{t('undo.nothingSent')}</li>
    </ul>
  )
}
