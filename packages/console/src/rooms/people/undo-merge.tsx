import type { GraphAnswer, ProfileAnswer } from '@affluent/protocol/endpoints/profiles'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api, queryKeyOf } from '../../api/request.ts'
import { useWorkspace } from '../../api/use-workspace.ts'
import { useFormats } from '../../app/formats.ts'
import { Dialog } from '../../pieces/dialog.tsx'
import { Instant } from '../../pieces/instant.tsx'
import { useDecisionWords } from '../live/decision-words.ts'
import { IdentifierText } from '../live/identifier-text.tsx'
import { EventPositionLink } from './event-position-link.tsx'
import { RegroupingQuestion } from './regrouping-question.tsx'
import css from './undo-merge.module.css'
import type { UndoStory } from './undo-story.ts'
import { useRegrouping } from './use-regrouping.ts'

type Merge = GraphAnswer['merges'][number]

interface UndoMergeProps {
  /** undefined: the dialog is closed. */
  merge: Merge | undefined
  profile: ProfileAnswer
  onClose: () => void
}

/** Undoes a merge: tried first and told in sentences, then asked, then done. */
export function UndoMerge({ merge, profile, onClose }: UndoMergeProps) {
  const { t } = useTranslation('people')
  return (
    <Dialog opened={merge !== undefined} onClose={onClose} title={t('undo.title')} isWide>
      {merge !== undefined && <Question merge={merge} profile={profile} onClose={onClose} />}
    </Dialog>
  )
}

function Question({ merge, profile, onClose }: UndoMergeProps & { merge: Merge }) {
  const { t } = useTranslation('people')
  const workspace = useWorkspace()
  const queries = useQueryClient()
  const navigate = useNavigate({ from: '/w/$workspace/people/$profileId' })
  const { ledgerId } = merge
  const regrouping = useRegrouping(
    profile,
    (query) => api('POST /v1/identity/unmerge', { query, body: { ledgerId } }),
    ledgerId,
  )
  const { isDone, story } = regrouping
  const undo = async () => {
    // The address may name what becomes the other side, by an id from before the merge: stay where the dialog is.
    const shown = api('GET /v1/profiles/{id}', { params: { id: profile.id } })
    queries.setQueryData(queryKeyOf(workspace, shown), { profile })
    await navigate({
      to: '/w/$workspace/people/$profileId',
      params: { workspace, profileId: profile.id },
      search: (now) => now,
      replace: true,
      resetScroll: false,
    })
    regrouping.act()
  }
  return (
    <RegroupingQuestion
      regrouping={regrouping}
      cause={<Cause merge={merge} />}
      by={merge.identifiers}
      said={t(isDone ? 'undo.apart' : 'undo.joined')}
      effects={(told) => <Effects story={told} isDone={isDone} />}
      verb={t('merges.undo')}
      isDanger
      onAct={undo}
      onCancel={onClose}
      leave={t('undo.stay', { title: story?.sides[0]?.title ?? '' })}
      onLeave={onClose}
    />
  )
}

function Cause({ merge }: { merge: Merge }) {
  const { t } = useTranslation('people')
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
  const { t } = useTranslation('people')
  const formats = useFormats()
  const { alsoCut, blocked, open } = story
  return (
    <>
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
    </>
  )
}
