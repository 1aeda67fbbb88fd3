import type { ProfileAnswer, RegroupingAnswer } from '@affluent/protocol/api'
import type { FoundProfile } from '@affluent/protocol/search-api'
import { Button, Modal, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { address } from '../../api/address.ts'
import { useGet } from '../../api/use-get.ts'
import { useSend } from '../../api/use-send.ts'
import { useWorkspace } from '../../api/use-workspace.ts'
import { CopyAsCurl } from '../../pieces/copy-as-curl.tsx'
import { ErrorNote } from '../../pieces/error-note.tsx'
import { Initials } from '../../pieces/initials.tsx'
import { LoadingRows } from '../../pieces/loading-rows.tsx'
import { PlainText } from '../../pieces/plain-text.tsx'
import { KindBadge } from './kind-badge.tsx'
import css from './link-people.module.css'
import { PartingSides } from './parting-sides.tsx'
import { undoStory } from './undo-story.ts'

/** Whom to link with: chosen in the dialog, or known, as the other half of an undone merge. */
export type LinkWith = 'chosen' | { readonly other: string }

interface LinkPeopleProps {
  /** undefined: the dialog is closed. */
  wanted: LinkWith | undefined
  profile: ProfileAnswer
  onClose: () => void
}

/** Makes one person of two: the other is chosen, the outcome tried and told, then asked, then done. */
export function LinkPeople({ wanted, profile, onClose }: LinkPeopleProps) {
  const { t } = useTranslation(['profile', 'pieces'])
  return (
    <Modal
      opened={wanted !== undefined}
      onClose={onClose}
      size="xl"
      title={t(wanted === 'chosen' ? 'profile:link.title' : 'profile:link.redoTitle')}
      closeButtonProps={{ 'aria-label': t('pieces:close') }}
    >
      {wanted !== undefined && <Steps wanted={wanted} profile={profile} onClose={onClose} />}
    </Modal>
  )
}

function Steps({ wanted, profile, onClose }: LinkPeopleProps & { wanted: LinkWith }) {
  const [chosen, setChosen] = useState<string | undefined>(wanted === 'chosen' ? undefined : wanted.other)
  return chosen === undefined ? (
    <Choice profile={profile} onChoose={setChosen} />
  ) : (
    <Question other={chosen} profile={profile} onClose={onClose} />
  )
}

const SHOWN = 8
const PAUSE_MS = 200

function Choice({ profile, onChoose }: { profile: ProfileAnswer; onChoose: (id: string) => void }) {
  const { t } = useTranslation('profile')
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed.trim(), PAUSE_MS)
  const path = address('/v1/profiles', { search, limit: SHOWN })
  const { data, error } = useGet<{ profiles: FoundProfile[] }>(path, {
    keep: true,
    enabled: search.length > 1,
  })
  const others = search.length > 1 ? (data?.profiles.filter(({ id }) => id !== profile.id) ?? []) : []
  return (
    <div className="stack">
      <p className="quiet">{t('link.lead')}</p>
      <TextInput
        type="search"
        label={t('link.other')}
        placeholder={t('search.placeholder')}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        maxLength={255}
        autoComplete="off"
        data-autofocus
      />
      <ErrorNote error={error} />
      {search.length > 1 && data !== undefined && others.length === 0 && (
        <p className="note">{t('link.nobody')}</p>
      )}
      <ul className={css.found} aria-label={t('table')}>
        {others.map(({ id, title, kind, beside }) => (
          <li key={id}>
            <button type="button" className={css.choice} onClick={() => onChoose(id)}>
              <Initials name={title} seed={id} size={28} />
              <span className="grow cut">
                <PlainText>{title}</PlainText>{' '}
                <span className="note">
                  <PlainText>{beside.join(' · ')}</PlainText>
                </span>
              </span>
              <KindBadge kind={kind} plain />
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

function Question({
  other,
  profile,
  onClose,
}: {
  other: string
  profile: ProfileAnswer
  onClose: () => void
}) {
  const { t } = useTranslation(['profile', 'pieces'])
  const workspace = useWorkspace()
  const navigate = useNavigate({ from: '/w/$workspace/people/$profileId' })
  // What the profile was when the question was asked: afterwards it is another.
  const [before] = useState({ id: profile.id, traits: profile.traits })
  const path = '/v1/identity/link'
  const body = { profiles: [before.id, other] }
  const trial = useSend<RegroupingAnswer>([])
  const act = useSend<RegroupingAnswer>(['/v1/profiles', '/v1/events', '/v1/audiences'])
  useEffect(() => trial.mutate({ method: 'POST', path: `${path}?dryRun=true`, body }), [other])
  const answer = act.data ?? trial.data
  const story = answer === undefined ? undefined : undoStory(answer, '', before)
  const isOne = trial.data?.changes.before.length === 1
  const leave = () => {
    const [id] = act.data?.profiles ?? []
    onClose()
    if (id === undefined || id === profile.id) return
    void navigate({
      to: '/w/$workspace/people/$profileId',
      params: { workspace, profileId: id },
      search: (now) => now,
      replace: true,
    })
  }
  return (
    <div className="stack">
      {story === undefined && trial.error === null && <LoadingRows rows={4} />}
      {story !== undefined && (
        <>
          <p role="status">
            {t(act.isSuccess ? 'profile:link.done' : isOne ? 'profile:link.isOne' : 'profile:link.willBe')}
          </p>
          <PartingSides sides={story.sides} by={[]} isParted={act.isSuccess} />
          <ul className="note">
            <li>{t('profile:link.beatsRules')}</li>
            <li>{t('profile:undo.nothingSent')}</li>
          </ul>
        </>
      )}
      <ErrorNote error={act.error ?? trial.error} />
      <div className="row">
        <CopyAsCurl request={{ method: 'POST', path, body }} />
        <span className="grow" />
        {act.isSuccess ? (
          <Button onClick={leave} autoFocus>
            {t('pieces:close')}
          </Button>
        ) : (
          <>
            <Button variant="default" onClick={onClose}>
              {t('pieces:cancel')}
            </Button>
            <Button
              disabled={story === undefined || isOne}
              loading={act.isPending}
              onClick={() => act.mutate({ method: 'POST', path, body })}
            >
              {t('profile:link.act')}
            </Button>
          </>
        )}
      </div>
    </div>
  )
}
