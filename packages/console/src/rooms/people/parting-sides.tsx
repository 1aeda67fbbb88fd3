import type { Identifier } from '@affluent/protocol/event'
import { IconLink, IconUnlink } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { Initials } from '../../pieces/initials.tsx'
import { PlainText } from '../../pieces/plain-text.tsx'
import { IdentifierText } from '../live/identifier-text.tsx'
import { AudienceNames } from './audience-names.tsx'
import { KindBadge } from './kind-badge.tsx'
import css from './parting-sides.module.css'
import { TraitValue } from './trait-value.tsx'
import type { UndoSide } from './undo-story.ts'

interface PartingSidesProps {
  sides: readonly UndoSide[]
  /** The identifiers that hold the two together. */
  by: readonly Identifier[]
  isParted: boolean
}

/** The profiles that come apart, side by side: still joined while it is asked, apart once it is done. */
export function PartingSides({ sides, by, isParted }: PartingSidesProps) {
  const Sign = isParted ? IconUnlink : IconLink
  const [first, ...others] = sides
  return (
    <div className={css.sides} data-parted={isParted || undefined}>
      {first !== undefined && <Side side={first} number={1} isParted={isParted} />}
      {others.map((side, index) => (
        <div key={side.id} className={css.other}>
          <div className={css.link} aria-hidden>
            <span className={css.half} />
            <span className={css.sign}>
              <Sign size={18} stroke={1.5} />
            </span>
            <span className={css.half} />
            <span className={css.by}>
              {by.map(({ namespace, value }) => (
                <PlainText key={`${namespace}:${value}`} code>
                  {value}
                </PlainText>
              ))}
            </span>
          </div>
          <Side side={side} number={index + 2} isParted={isParted} />
        </div>
      ))}
    </div>
  )
}

const SHOWN = 6

function Side({ side, number, isParted }: { side: UndoSide; number: number; isParted: boolean }) {
  const { t } = useTranslation('people')
  const formats = useFormats()
  const places = usePlaces()
  const { id, title, identifiers, traits } = side
  return (
    <section className={css.side} aria-label={t('undo.side', { title, number })}>
      <header className={css.head}>
        <Initials name={title} seed={id} size={32} />
        <div className="grow">
          <h3 className={css.title}>
            {isParted ? (
              <Anchor href={places.person(id)}>
                <PlainText>{title}</PlainText>
              </Anchor>
            ) : (
              <PlainText>{title}</PlainText>
            )}
          </h3>
          <p className="note">
            {t('timeline.events', { count: side.events, shown: formats.number(side.events) })} ·{' '}
            {t('undo.fragments', { count: side.fragments, shown: formats.number(side.fragments) })}
          </p>
        </div>
        <KindBadge kind={side.kind} plain />
      </header>
      <p className="note">{t(side.keepsAddress ? 'undo.keepsAddress' : 'undo.getsAddress')}</p>
      <ul className={css.identifiers} aria-label={t('identifiers.title')}>
        {identifiers.slice(0, SHOWN).map(({ namespace, value }) => (
          <li key={`${namespace}:${value}`}>
            <IdentifierText namespace={namespace} value={value} />
          </li>
        ))}
        {identifiers.length > SHOWN && (
          <li className="note">{t('moreKeys', { count: identifiers.length - SHOWN })}</li>
        )}
      </ul>
      {traits.length > 0 && (
        <details className={css.changes} open={traits.length <= SHOWN}>
          <summary>
            {t('undo.traits', { count: traits.length, shown: formats.number(traits.length) })}
          </summary>
          <dl>
            {traits.map(({ name, before, after }) => (
              <div key={name}>
                <dt>
                  <PlainText>{name}</PlainText>
                </dt>
                <dd>
                  <span className={css.was}>
                    <TraitValue value={before} name={name} />
                  </span>
                  <span aria-hidden> → </span>
                  <span className="unseen">{t('undo.becomes')}</span>
                  <TraitValue value={after} name={name} />
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {side.entered.length > 0 && (
        <p>
          {t('undo.enters')} <AudienceNames keys={side.entered} />
        </p>
      )}
      {side.exited.length > 0 && (
        <p>
          {t('undo.leaves')} <AudienceNames keys={side.exited} />
        </p>
      )}
      {side.laterMerges.length > 0 && (
        <p className="note">
          {t('undo.later', {
            count: side.laterMerges.length,
            shown: formats.number(side.laterMerges.length),
          })}
        </p>
      )}
    </section>
  )
}
