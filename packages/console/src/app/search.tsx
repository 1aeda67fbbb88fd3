import { useDebouncedValue } from '@mantine/hooks'
import { createSpotlight, Spotlight } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { address } from '../api/address.ts'
import { useGet } from '../api/use-get.ts'
import { Initials } from '../pieces/initials.tsx'
import { Instant } from '../pieces/instant.tsx'
import { useErrorWords } from '../words/error-words.ts'
import { matches } from './matches.ts'
import { usePlaces } from './places.ts'
import { ROOMS } from './rooms.ts'
import css from './search.module.css'

interface FoundProfile {
  readonly id: string
  readonly kind: 'visitor' | 'known'
  readonly title: string
  readonly match: { readonly namespace: string; readonly value: string }
  readonly lastSeen: string
}

interface FoundAudience {
  readonly key: string
  readonly name: string
}

const [store, spotlight] = createSpotlight()
const PEOPLE_SHOWN = 8
const AUDIENCES_SHOWN = 5
const PAUSE_MS = 150

/** Opens the search from anywhere. */
export function openSearch(): void {
  spotlight.open()
}

/** One search for all: people by any identifier, rooms and audiences by their names and by the words people bring. */
export function Search() {
  const { t } = useTranslation('shell')
  const [text, setText] = useState('')
  const wanted = text.trim()
  return (
    <Spotlight.Root
      store={store}
      query={text}
      onQueryChange={setText}
      shortcut={['mod + K']}
      clearQueryOnClose
      radius="md"
      size={600}
      maxHeight={480}
      scrollable
      centered={false}
      yOffset="12dvh"
      overlayProps={{ color: '#06181c', backgroundOpacity: 0.45, blur: 0 }}
      attributes={{ content: { 'aria-label': t('search.open') } }}
      classNames={{ actionsGroup: css.group ?? '', action: css.action ?? '', search: css.input ?? '' }}
    >
      <Spotlight.Search
        placeholder={t('search.placeholder')}
        aria-label={t('search.open')}
        leftSection={<IconSearch size={18} stroke={1.5} />}
      />
      <Spotlight.ActionsList>
        {wanted.length >= 2 && <People text={wanted} />}
        <Audiences text={wanted} />
        <Rooms text={wanted} />
      </Spotlight.ActionsList>
      <p className={css.hint}>{t('search.hint')}</p>
    </Spotlight.Root>
  )
}

function People({ text }: { text: string }) {
  const { t } = useTranslation('shell')
  const places = usePlaces()
  const router = useRouter()
  const say = useErrorWords()
  const [wanted] = useDebouncedValue(text, PAUSE_MS)
  const path = address('/v1/profiles', { search: wanted, limit: PEOPLE_SHOWN })
  const { data, error, isFetching } = useGet<{ profiles: FoundProfile[] }>(path, {
    keep: true,
    freshMs: 5_000,
  })
  if (error !== null) return <p className={css.nothing}>{t('search.unavailable', { reason: say(error) })}</p>
  const found = data?.profiles ?? []
  const ids = found.map(({ id }) => id).join(' ')
  // Who is found later than the rooms still stands first: Enter opens the person.
  useEffect(() => {
    if (ids !== '') selectFirst()
  }, [ids])
  const isAsking = isFetching || wanted !== text
  if (found.length === 0)
    return (
      <p className={css.nothing} role="status">
        {isAsking ? t('search.searching') : t('search.nothing', { text })}
        {!isAsking && <span className="note">{t('search.nothingHint')}</span>}
      </p>
    )
  return (
    <Spotlight.ActionsGroup label={t('search.people')}>
      {found.map((one) => (
        <Spotlight.Action key={one.id} onClick={() => router.history.push(places.person(one.id))}>
          <Initials name={one.title} seed={one.id} size={28} />
          <span className={css.found}>
            <span className="cut">{one.title}</span>
            <span className="cut">
              {one.match.namespace} · {one.match.value}
            </span>
          </span>
          <span className={css.age}>
            <Instant at={one.lastSeen} />
          </span>
        </Spotlight.Action>
      ))}
    </Spotlight.ActionsGroup>
  )
}

// Spotlight does this itself when the text changes, which is before the answer comes.
function selectFirst(): void {
  const list = document.getElementById(store.getState().listId)
  list?.querySelector('[data-selected]')?.removeAttribute('data-selected')
  list?.querySelector('[data-action]')?.setAttribute('data-selected', 'true')
  store.updateState((state) => ({ ...state, selected: 0 }))
}

function Audiences({ text }: { text: string }) {
  const { t } = useTranslation('shell')
  const places = usePlaces()
  const router = useRouter()
  const { data } = useGet<{ audiences: FoundAudience[] }>('/v1/audiences', {
    enabled: text !== '',
    freshMs: 30_000,
  })
  const found = (data?.audiences ?? [])
    .filter(({ key, name }) => matches(text, [name, key]))
    .slice(0, AUDIENCES_SHOWN)
  if (text === '' || found.length === 0) return null
  return (
    <Spotlight.ActionsGroup label={t('search.audiences')}>
      {found.map(({ key, name }) => (
        <Spotlight.Action
          key={key}
          label={name}
          description={key}
          onClick={() => router.history.push(places.audience(key))}
        />
      ))}
    </Spotlight.ActionsGroup>
  )
}

function Rooms({ text }: { text: string }) {
  const { t } = useTranslation('shell')
  const places = usePlaces()
  const router = useRouter()
  const found = ROOMS.filter((room) => matches(text, [t(`rooms.${room.name}`), ...room.otherWords]))
  if (found.length === 0) return null
  return (
    <Spotlight.ActionsGroup label={t('search.rooms')}>
      {found.map(({ name, icon: Sign, href }) => (
        <Spotlight.Action
          key={name}
          label={t(`rooms.${name}`)}
          leftSection={<Sign size={18} stroke={1.5} />}
          onClick={() => router.history.push(href(places))}
        />
      ))}
    </Spotlight.ActionsGroup>
  )
}
