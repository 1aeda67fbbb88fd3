import type { ProfileAnswer } from '@affluent/protocol/endpoints/profiles'
import { TextInput } from '@mantine/core'
import { IconFilter } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { matches } from '../../app/matches.ts'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { Instant } from '../../pieces/instant.tsx'
import { PlainText } from '../../pieces/plain-text.tsx'
import { useSources } from '../live/use-sources.ts'
import { TraitValue } from './trait-value.tsx'
import css from './traits-card.module.css'

const SHOWN = 12
const FILTER_FROM = 6

/** All traits with their value, and where and when it came from. */
export function TraitsCard({ profile }: { profile: ProfileAnswer }) {
  const { t } = useTranslation('people')
  const { nameOf } = useSources()
  const [typed, setTyped] = useState('')
  const [isWhole, setWhole] = useState(false)
  const names = Object.keys(profile.traits).toSorted((a, b) => a.localeCompare(b))
  const fitting = names.filter((name) => typed === '' || matches(typed, [name, textOf(profile.traits[name])]))
  const shown = isWhole || typed !== '' ? fitting : fitting.slice(0, SHOWN)
  return (
    <section className="card" aria-label={t('traits.title')}>
      <div className={css.head}>
        <h2 className="grow">{t('traits.title')}</h2>
        {names.length >= FILTER_FROM && (
          <TextInput
            size="xs"
            type="search"
            aria-label={t('traits.filter')}
            placeholder={t('traits.filter')}
            leftSection={<IconFilter size={14} stroke={1.5} aria-hidden />}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
      </div>
      {names.length === 0 && <EmptyState title={t('traits.none')} lead={t('traits.noneLead')} />}
      {names.length > 0 && fitting.length === 0 && <p className={css.nothing}>{t('traits.nothing')}</p>}
      {shown.length > 0 && (
        <table className={css.table} aria-label={t('traits.title')}>
          <thead>
            <tr>
              <th scope="col">{t('traits.name')}</th>
              <th scope="col">{t('traits.value')}</th>
              <th scope="col">{t('traits.origin')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((name) => {
              const origin = profile.traitSources[name]
              return (
                <tr key={name}>
                  <th scope="row">
                    <PlainText>{name}</PlainText>
                  </th>
                  <td>
                    <TraitValue value={profile.traits[name]} name={name} />
                  </td>
                  <td className={css.origin}>
                    {origin !== undefined && (
                      <>
                        <PlainText>{nameOf(origin.source)}</PlainText>
                        <Instant at={origin.at} />
                      </>
                    )}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
      {shown.length < fitting.length && (
        <button type="button" className={css.more} onClick={() => setWhole(true)}>
          {t('traits.all', { count: fitting.length })}
        </button>
      )}
    </section>
  )
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
