import { useDebouncedValue } from '@mantine/hooks'
import { createSpotlight, Spotlight } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useRouter } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef, useState } from 'react'
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
  readonly beside: readonly string[]
  readonly lastSeen: string
}

/** What is found by its name, and where it leads. */
interface Named {
  readonly key: string
  readonly name: string
  readonly href: string
}

const [store, spotlight] = createSpotlight()
const PEOPLE_SHOWN = 8
const NAMED_SHOWN = 5
const NAMED_FRESH_MS = 30_000
const EVENT_ID = /^(evt|out)_\d+$/i
const PAUSE_MS = 150
// Longer than the search takes to fade.
const CLOSED_AFTER_MS = 300

/** Opens the search from anywhere. */
export function openSearch(): void {
  spotlight.open()
}

/** One search for all: people by any identifier, events by their id, all else by its name and by the words people bring. */
export function Search() {
  const focusBack = useFocusBack()
  const { t } = useTranslation('shell')
  const [text, setText] = useState('')
  const wanted = text.trim()
  return (
    <Spotlight.Root
      store={store}
      query={text}
      onQueryChange={setText}
      onSpotlightClose={focusBack}
      shortcut={['mod + K']}
      tagsToIgnore={[]}
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
        <Found text={wanted} />
      </Spotlight.ActionsList>
      <p className={css.hint}>{t('search.hint')}</p>
    </Spotlight.Root>
  )
}

// Where the focus is nowhere once the search has closed, it goes back to what had it before.
function useFocusBack(): () => void {
  const before = useRef<HTMLElement>(undefined)
  useEffect(() => {
    const watch = ({ target }: FocusEvent) => {
      if (target instanceof HTMLElement && !store.getState().opened && !isInSearch(target))
        before.current = target
    }
    document.addEventListener('focusin', watch)
    return () => document.removeEventListener('focusin', watch)
  }, [])
  return () =>
    setTimeout(() => {
      const isNowhere = document.activeElement === null || document.activeElement === document.body
      if (!store.getState().opened && isNowhere && before.current?.isConnected === true)
        before.current.focus()
    }, CLOSED_AFTER_MS)
}

// While the search fades, its field may have the focus once more.
function isInSearch(element: HTMLElement): boolean {
  return element.closest('.mantine-Spotlight-content') !== null
}

/** All that answers to the text, people first; says so when nothing does. */
function Found({ text }: { text: string }) {
  const { t } = useTranslation('shell')
  const say = useErrorWords()
  const places = usePlaces()
  const isAsked = text.length >= 2
  const people = usePeople(text, isAsked)
  const named = useNamed(text)
  const rooms = ROOMS.filter((room) => matches(text, [t(`rooms.${room.name}`), ...room.otherWords]))
  const eventId = EVENT_ID.test(text) ? text.toLowerCase() : undefined
  const isElse =
    eventId !== undefined || rooms.length > 0 || Object.values(named).some(({ length }) => length > 0)
  const ids = people.found.map(({ id }) => id).join(' ')
  // Who is found later than the rooms still stands first: Enter opens the person.
  useEffect(() => {
    if (ids !== '') selectFirst()
  }, [ids])
  return (
    <>
      {people.error !== null && (
        <p className={css.nothing}>{t('search.unavailable', { reason: say(people.error) })}</p>
      )}
      {isAsked && people.error === null && people.found.length === 0 && (people.isAsking || !isElse) && (
        <p className={css.nothing} role="status">
          {people.isAsking ? t('search.searching') : t('search.nothing', { text })}
          {!people.isAsking && <span className="note">{t('search.nothingHint')}</span>}
        </p>
      )}
      {people.found.length > 0 && <People found={people.found} />}
      {eventId !== undefined && (
        <Group label={t('search.events')}>
          <NamedAction
            key={eventId}
            named={{
              key: eventId,
              name: t('search.openEvent', { id: eventId }),
              href: places.live({ event: eventId }),
            }}
          />
        </Group>
      )}
      {(['audiences', 'destinations', 'sources'] as const).map(
        (kind) =>
          named[kind].length > 0 && (
            <Group key={kind} label={t(`search.${kind}`)}>
              {named[kind].map((one) => (
                <NamedAction key={one.key} named={one} description={one.key} />
              ))}
            </Group>
          ),
      )}
      {rooms.length > 0 && (
        <Group label={t('search.rooms')}>
          {rooms.map(({ name, icon: Sign, href }) => (
            <NamedAction
              key={name}
              named={{ key: name, name: t(`rooms.${name}`), href: href(places) }}
              icon={<Sign size={18} stroke={1.5} />}
            />
          ))}
        </Group>
      )}
    </>
  )
}

function Group({ label, children }: { label: string; children: ReactNode }) {
  return <Spotlight.ActionsGroup label={label}>{children}</Spotlight.ActionsGroup>
}

function NamedAction({
  named: { name, href },
  description,
  icon,
}: {
  named: Named
  description?: string
  icon?: ReactNode
}) {
  const router = useRouter()
  return (
    <Spotlight.Action
      label={name}
      {...(description === undefined ? {} : { description })}
      leftSection={icon}
      onClick={() => router.history.push(href)}
    />
  )
}

function usePeople(text: string, isAsked: boolean) {
  const [wanted] = useDebouncedValue(text, PAUSE_MS)
  const path = address('/v1/profiles', { search: wanted, limit: PEOPLE_SHOWN })
  const { data, error, isFetching } = useGet<{ profiles: FoundProfile[] }>(path, {
    keep: true,
    freshMs: 5_000,
    enabled: isAsked && wanted.length >= 2,
  })
  return {
    found: isAsked ? (data?.profiles ?? []) : [],
    error: isAsked ? error : null,
    isAsking: isFetching || wanted !== text,
  }
}

/** Audiences, destinations and sources whose name or key fits. */
function useNamed(text: string) {
  const places = usePlaces()
  const options = { enabled: text !== '', freshMs: NAMED_FRESH_MS }
  const audiences = useGet<{ audiences: ReadonlyArray<{ key: string; name: string }> }>(
    '/v1/audiences',
    options,
  )
  const destinations = useGet<{ destinations: ReadonlyArray<{ id: string; name: string }> }>(
    '/v1/destinations',
    options,
  )
  const sources = useGet<{ sources: ReadonlyArray<{ slug: string; name: string }> }>('/v1/sources', options)
  const fitting = (rows: readonly Named[] = []) =>
    text === '' ? [] : rows.filter(({ key, name }) => matches(text, [name, key])).slice(0, NAMED_SHOWN)
  return {
    audiences: fitting(
      audiences.data?.audiences.map(({ key, name }) => ({ key, name, href: places.audience(key) })),
    ),
    destinations: fitting(
      destinations.data?.destinations.map(({ id, name }) => ({
        key: id,
        name,
        href: places.destination(id),
      })),
    ),
    sources: fitting(
      sources.data?.sources.map(({ slug, name }) => ({
        key: slug,
        name,
        href: places.sources({ source: slug }),
      })),
    ),
  }
}

function People({ found }: { found: readonly FoundProfile[] }) {
  const { t } = useTranslation('shell')
  const places = usePlaces()
  const router = useRouter()
  return (
    <Spotlight.ActionsGroup label={t('search.people')}>
      {found.map((one) => (
        <Spotlight.Action key={one.id} onClick={() => router.history.push(places.person(one.id))}>
          <Initials name={one.title} seed={one.id} size={28} />
          <span className={css.found}>
            <span className="cut">{one.title}</span>
            <span className="cut">{[...new Set([...matchedBy(one), ...one.beside])].join(' · ')}</span>
          </span>
          <span className={css.age}>
            <Instant at={one.lastSeen} />
          </span>
        </Spotlight.Action>
      ))}
    </Spotlight.ActionsGroup>
  )
}

/** What was found, where that is neither the name nor what stands beside it. */
function matchedBy({ match: { namespace, value }, beside, title }: FoundProfile): string[] {
  const isTold =
    namespace === 'name' || namespace === 'profile_id' || value === title || beside.includes(value)
  return isTold ? [] : [`${namespace} · ${value}`]
}

// Spotlight does this itself when the text changes, which is before the answer comes.
function selectFirst(): void {
  const list = document.getElementById(store.getState().listId)
  list?.querySelector('[data-selected]')?.removeAttribute('data-selected')
  list?.querySelector('[data-action]')?.setAttribute('data-selected', 'true')
  store.updateState((state) => ({ ...state, selected: 0 }))
}
