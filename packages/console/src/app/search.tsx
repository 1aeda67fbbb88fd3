import { useDebouncedValue } from '@mantine/hooks'
import { createSpotlight, Spotlight } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useRouter } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGetAll } from '../api/use-get.ts'
import { useMayDo } from '../api/use-may.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { Initials } from '../pieces/initials.tsx'
import { Instant } from '../pieces/instant.tsx'
import { useErrorWords } from '../words/error-words.ts'
import { matches } from './matches.ts'
import { addressIn } from './places.ts'
import type { FoundPerson, RoomFacts } from './room.ts'
import css from './search.module.css'
import { useOpenRooms } from './use-rooms.ts'
import { useSay } from './use-say.ts'

const [store, spotlight] = createSpotlight()
const NAMED_SHOWN = 5
const NAMED_FRESH_MS = 30_000
const PAUSE_MS = 150
// Longer than the search takes to fade.
const CLOSED_AFTER_MS = 300

/** Opens the search from anywhere. */
export function openSearch(): void {
  spotlight.open()
}

/**
 * One search for all: people by any identifier, events by their id, all else by its name and by the words people bring.
 */
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
  const sayError = useErrorWords()
  const say = useSay()
  const rooms = useOpenRooms()
  const isAsked = text.length >= 2
  const people = usePeople(rooms, text, isAsked)
  const named = useNamed(rooms, text)
  const fitting = rooms.filter(({ name, otherWords }) => matches(text, [say(name), ...otherWords]))
  const opened = rooms.flatMap(({ opens }) => opens?.(text) ?? [])
  const isElse = opened.length > 0 || fitting.length > 0 || named.length > 0
  const ids = people.found.map(({ id }) => id).join(' ')
  // Who is found later than the rooms still stands first: Enter opens the person.
  useEffect(() => {
    if (ids !== '') selectFirst()
  }, [ids])
  return (
    <>
      {people.error !== null && (
        <p className={css.nothing}>{t('search.unavailable', { reason: sayError(people.error) })}</p>
      )}
      {isAsked && people.error === null && people.found.length === 0 && (people.isAsking || !isElse) && (
        <p className={css.nothing} role="status">
          {people.isAsking ? t('search.searching') : t('search.nothing', { text })}
          {!people.isAsking && <span className="note">{t('search.nothingHint')}</span>}
        </p>
      )}
      {people.found.length > 0 && <People found={people.found} />}
      {opened.map(({ label, name, to }) => (
        <Group key={to} label={say(label)}>
          <NamedAction name={say(name)} to={to} />
        </Group>
      ))}
      {named.map(({ room, found }) => (
        <Group key={room.key} label={say(room.name)}>
          {found.map(({ key, name, to }) => (
            <NamedAction key={key} name={name} to={to} description={key} />
          ))}
        </Group>
      ))}
      {fitting.length > 0 && (
        <Group label={t('search.rooms')}>
          {fitting.map(({ key, icon: Sign, name, lead, screens }) => (
            <NamedAction
              key={key}
              name={say(name)}
              to={screens[0].path}
              description={say(lead)}
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
  name,
  to,
  description,
  icon,
}: {
  name: string
  to: string
  description?: string
  icon?: ReactNode
}) {
  const open = useOpen()
  return (
    <Spotlight.Action
      label={name}
      {...(description === undefined ? {} : { description })}
      leftSection={icon}
      onClick={() => open(to)}
    />
  )
}

/** A function that opens what stands below this workspace. */
function useOpen(): (to: string) => void {
  const workspace = useWorkspace()
  const router = useRouter()
  return (to) => router.history.push(addressIn(workspace, to))
}

/** People whom the server finds, in whatever room. */
function usePeople(rooms: readonly RoomFacts[], text: string, isAsked: boolean) {
  const [wanted] = useDebouncedValue(text, PAUSE_MS)
  const may = useMayDo()
  const finders = rooms.flatMap(({ people }) => people ?? []).filter(({ needs }) => may(needs))
  const answers = useGetAll(
    finders.map(({ request }) => request(wanted)),
    { keep: true, freshMs: 5_000, enabled: isAsked && wanted.length >= 2 },
  )
  return {
    found: isAsked
      ? finders.flatMap(({ found }, index) => {
          const data = answers[index]?.data
          return data === undefined ? [] : found(data)
        })
      : [],
    error: isAsked ? (answers.find(({ error }) => error !== null)?.error ?? null) : null,
    isAsking: answers.some(({ isFetching }) => isFetching) || wanted !== text,
  }
}

/** What has a name in the rooms that list it, where the name or the key fits. */
function useNamed(rooms: readonly RoomFacts[], text: string) {
  const may = useMayDo()
  const lists = rooms
    .flatMap((room) => (room.names === undefined ? [] : [{ room, names: room.names }]))
    .filter(({ names }) => may(names.needs))
  const answers = useGetAll(
    lists.map(({ names }) => names.request(text)),
    { freshMs: NAMED_FRESH_MS, enabled: text !== '' },
  )
  return lists
    .map(({ room, names }, index) => {
      const data = answers[index]?.data
      const rows = data === undefined || text === '' ? [] : names.found(data)
      return {
        room,
        found: rows.filter(({ key, name }) => matches(text, [name, key])).slice(0, NAMED_SHOWN),
      }
    })
    .filter(({ found }) => found.length > 0)
}

function People({ found }: { found: readonly FoundPerson[] }) {
  const { t } = useTranslation('shell')
  const open = useOpen()
  return (
    <Spotlight.ActionsGroup label={t('search.people')}>
      {found.map((one) => (
        <Spotlight.Action key={one.id} onClick={() => open(one.to)}>
          <Initials name={one.title} seed={one.id} size={28} />
          <span className={css.found}>
            <span className="cut">{one.title}</span>
            <span className="cut">{one.beside.join(' · ')}</span>
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
