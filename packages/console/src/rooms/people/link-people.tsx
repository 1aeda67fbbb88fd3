import type { ProfileAnswer } from '@affluent/protocol/endpoints/profiles'
import { TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { useWorkspace } from '../../api/use-workspace.ts'
import { Dialog } from '../../pieces/dialog.tsx'
import { ErrorNote } from '../../pieces/error-note.tsx'
import { Initials } from '../../pieces/initials.tsx'
import { PlainText } from '../../pieces/plain-text.tsx'
import { KindBadge } from './kind-badge.tsx'
import css from './link-people.module.css'
import { RegroupingQuestion } from './regrouping-question.tsx'
import { useRegrouping } from './use-regrouping.ts'

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
  const { t } = useTranslation('people')
  return (
    <Dialog
      opened={wanted !== undefined}
      onClose={onClose}
      title={t(wanted === 'chosen' ? 'link.title' : 'link.redoTitle')}
      isWide
    >
      {wanted !== undefined && <Steps wanted={wanted} profile={profile} onClose={onClose} />}
    </Dialog>
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
  const { t } = useTranslation('people')
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed.trim(), PAUSE_MS)
  const { data, error } = useGet(api('GET /v1/profiles', { query: { search, limit: SHOWN } }), {
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
        description={t('link.otherHint')}
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
  const { t } = useTranslation(['people', 'pieces'])
  const workspace = useWorkspace()
  const navigate = useNavigate({ from: '/w/$workspace/people/$profileId' })
  const [asked] = useState(profile.id)
  const regrouping = useRegrouping(profile, (query) =>
    api('POST /v1/identity/link', { query, body: { profiles: [asked, other] } }),
  )
  const { isOne, isDone } = regrouping
  const leave = () => {
    const [id] = regrouping.profiles
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
    <RegroupingQuestion
      regrouping={regrouping}
      by={[]}
      said={t(isDone ? 'people:link.done' : isOne ? 'people:link.isOne' : 'people:link.willBe')}
      effects={() => <li>{t('people:link.beatsRules')}</li>}
      verb={t('people:link.act')}
      isReady={!isOne}
      onAct={regrouping.act}
      onCancel={onClose}
      leave={t('pieces:close')}
      onLeave={leave}
    />
  )
}
