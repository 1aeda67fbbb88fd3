import { titleProfile } from '@affluent/core/profile/profile-title'
import type { ProfileAnswer } from '@affluent/protocol/endpoints/profiles'
import type { Identifier, Json } from '@affluent/protocol/event'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { CopyAsCurl } from '../../pieces/copy-as-curl.tsx'
import { CopyButton } from '../../pieces/copy-button.tsx'
import { Initials } from '../../pieces/initials.tsx'
import { Instant } from '../../pieces/instant.tsx'
import { plainTextOf } from '../../pieces/plain-text-of.ts'
import { IdentifierText } from '../live/identifier-text.tsx'
import { strongestFirst } from '../live/strongest.ts'
import { KindBadge } from './kind-badge.tsx'
import css from './profile-room.module.css'

const KEYS_SHOWN = 4

/** Who it is, at a glance. */
export function ProfileHead({ profile }: { profile: ProfileAnswer }) {
  const { t } = useTranslation('people')
  const formats = useFormats()
  const places = usePlaces()
  const title = plainTextOf(nameOfProfile(profile))
  useEffect(() => {
    document.title = `${title} · Affluent`
  }, [title])
  const identifiers = reachFirst(strongestFirst(profile.identifiers))
  return (
    <header className={css.head}>
      <div className={css.back}>
        <Anchor href={places.people()}>{t('title')}</Anchor>
      </div>
      <Initials name={title} seed={profile.id} size={48} />
      <div className={css.who}>
        <div className={css.line}>
          <h1>{title}</h1>
          <KindBadge kind={profile.kind} />
        </div>
        <ul className={css.keys} aria-label={t('keys')}>
          {identifiers.slice(0, KEYS_SHOWN).map(({ namespace, value }) => (
            <li key={`${namespace}:${value}`} className={css.key}>
              <IdentifierText namespace={namespace} value={value} />
              <CopyButton text={value} name={t('copyIdentifier', { namespace })} />
            </li>
          ))}
          {identifiers.length > KEYS_SHOWN && (
            <li className={css.key}>
              <Anchor href={places.person(profile.id, { tab: 'identity' })}>
                {t('moreKeys', { count: identifiers.length - KEYS_SHOWN })}
              </Anchor>
            </li>
          )}
        </ul>
      </div>
      <dl className={css.facts}>
        <div>
          <dt>{t('facts.events')}</dt>
          <dd className="tabular">{formats.number(profile.events)}</dd>
        </div>
        <div>
          <dt>{t('facts.firstSeen')}</dt>
          <dd>
            <Instant at={profile.firstSeen} />
          </dd>
        </div>
        <div>
          <dt>{t('facts.lastSeen')}</dt>
          <dd>
            <Instant at={profile.lastSeen} />
          </dd>
        </div>
      </dl>
      <div className="row">
        <CopyButton text={profile.id} name={t('copyId')} />
        <CopyAsCurl request={api('GET /v1/profiles/{id}', { params: { id: profile.id } })} />
      </div>
    </header>
  )
}

const REACH: readonly string[] = ['email', 'phone']

/** By what somebody is reached before by what a system knows them. */
function reachFirst(identifiers: readonly Identifier[]): readonly Identifier[] {
  const rank = ({ namespace }: Identifier) => (REACH.includes(namespace) ? 0 : 1)
  return identifiers.toSorted((a, b) => rank(a) - rank(b))
}

/** What a profile is called: as in lists. */
function nameOfProfile({ id, traits, identifiers }: ProfileAnswer): string {
  return titleProfile((name) => traits[name] as Json | undefined, strongestFirst(identifiers)) || id
}
