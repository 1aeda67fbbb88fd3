import type { Identifier } from '@affluent/protocol/event'
import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyAsCurl } from '../../pieces/copy-as-curl.tsx'
import { ErrorNote } from '../../pieces/error-note.tsx'
import { LoadingRows } from '../../pieces/loading-rows.tsx'
import { PartingSides } from './parting-sides.tsx'
import css from './regrouping-question.module.css'
import type { UndoStory } from './undo-story.ts'
import type { Regrouping } from './use-regrouping.ts'

interface RegroupingQuestionProps {
  regrouping: Regrouping
  /** Why it is asked, above the answer. */
  cause?: ReactNode
  /** What holds the two together. */
  by: readonly Identifier[]
  /** In one sentence: what would be, then what is. */
  said: string
  /** What it entails, as items of a list. */
  effects: (story: UndoStory) => ReactNode
  /** The verb of the button. */
  verb: string
  /** Red: something comes apart. */
  isDanger?: boolean
  isReady?: boolean
  onAct: () => unknown
  onCancel: () => void
  /** The button once it is done. */
  leave: string
  onLeave: () => void
}

/** Both sides as they would be, what it entails, and the question; then the same as it is. */
export function RegroupingQuestion(props: RegroupingQuestionProps) {
  const { regrouping, isDanger = false, isReady = true } = props
  const { t } = useTranslation(['people', 'pieces'])
  const { story, isDone, error } = regrouping
  return (
    <div className="stack">
      {props.cause}
      {story === undefined && error === null && <LoadingRows rows={5} />}
      {story !== undefined && (
        <>
          <p role="status" className={css.said}>
            {props.said}
          </p>
          <PartingSides sides={story.sides} by={props.by} isParted={isDone} />
          <ul className={css.effects} aria-label={t('people:undo.effects')}>
            {props.effects(story)}
            <li>{t('people:undo.nothingSent')}</li>
          </ul>
        </>
      )}
      <ErrorNote error={error} />
      <div className="row">
        <CopyAsCurl request={regrouping.request} />
        <span className="grow" />
        {isDone ? (
          <Button onClick={props.onLeave} autoFocus>
            {props.leave}
          </Button>
        ) : (
          <>
            <Button variant="default" onClick={props.onCancel}>
              {t('pieces:cancel')}
            </Button>
            <Button
              {...(isDanger ? { color: 'red' } : {})}
              disabled={story === undefined || !isReady}
              loading={regrouping.isBusy}
              onClick={() => void props.onAct()}
            >
              {props.verb}
            </Button>
          </>
        )}
      </div>
    </div>
  )
}
