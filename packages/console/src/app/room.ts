import type { Permission } from '@affluent/protocol/permission'
import type { Icon } from '@tabler/icons-react'
import type { FunctionComponent } from 'react'
import { address } from '../api/address.ts'
import type { Request } from '../api/request.ts'
import type { Bilingual } from '../words/bilingual.ts'
import type { Translation } from '../words/translation.ts'
import type { Language } from './language.ts'

// A room of the console is one declaration: `rooms/<key>/room.ts`, listed in `rooms/rooms.ts`. Router, navigation,
// search, shortcuts, places and words are made from it.

/** In the order in which data flows: collect, know, act. Home stands before all groups. */
export type RoomGroup = 'collect' | 'know' | 'act' | 'manage'

export type Search = Parameters<typeof address>[1]
type ReadSearch<Read> = (search: Record<string, unknown>) => Read

/** A page of a room: what it shows under which address. */
export interface Screen<Place extends string = string, Path extends string = string, Read = unknown> {
  /** how other screens call it: `places.person(id)` */
  readonly place: Place
  /** below the workspace; `$` begins a part that is filled in */
  readonly path: Path
  /** its address below the workspace */
  readonly at: At<Path>
  /** reads the search of the address */
  readonly search: ReadSearch<Read>
  readonly load: () => Promise<FunctionComponent>
}

/** Makes an address: from the part that is filled in, where the path has one, and a search. */
export type At<Path extends string> = Path extends `${string}$${string}`
  ? (part: string, search?: Search) => string
  : (search?: Search) => string

/** What the search finds by its name, and where it leads, below the workspace. */
export interface Named {
  readonly key: string
  readonly name: string
  readonly to: string
}

/** Somebody whom the search finds. */
export interface FoundPerson {
  readonly id: string
  readonly title: string
  readonly beside: readonly string[]
  readonly lastSeen: string
  readonly to: string
}

/** A call of the API that the search makes, and what it takes from the answer. */
export interface Finder<Found> {
  readonly needs: Permission
  readonly request: (text: string) => Request
  readonly found: (answer: unknown) => readonly Found[]
}

/** All that the console knows of a room. */
export interface RoomFacts {
  /** names its folder and its words */
  readonly key: string
  readonly group: RoomGroup | undefined
  readonly icon: Icon
  /** the key after g */
  readonly shortcut: string
  readonly name: Bilingual
  /** what it is for, in a few words */
  readonly lead: Bilingual
  /** other words by which people look for it, in any language */
  readonly otherWords: readonly string[]
  /** whoever does not have it does not see the room */
  readonly needs: Permission
  /** what may be found in it by name: a list that is read whole */
  readonly names?: Finder<Named>
  /** who may be found in it: the server searches */
  readonly people?: Finder<FoundPerson>
  /** an id that leads into it without being looked up */
  readonly opens?: (
    text: string,
  ) => { readonly label: Bilingual; readonly name: Bilingual; readonly to: string } | undefined
  /** the first one stands in the navigation */
  readonly screens: readonly [Screen, ...Screen[]]
  readonly words: Readonly<Record<Language, () => Promise<object>>>
}

export interface Room<
  Key extends string,
  Screens extends readonly [Screen, ...Screen[]],
  Words extends object,
> extends RoomFacts {
  readonly key: Key
  readonly screens: Screens
  readonly words: { readonly fr: () => Promise<Words>; readonly en: () => Promise<object> }
}

/** Declares a room. */
export function room<
  const Key extends string,
  const Screens extends readonly [Screen, ...Screen[]],
  Words extends object,
>(
  declared: Omit<RoomFacts, 'words'> & {
    readonly key: Key
    readonly screens: Screens
    /** French says which keys there are */
    readonly words: {
      readonly fr: () => Promise<Words>
      readonly en: () => Promise<Translation<NoInfer<Words>>>
    }
  },
): Room<Key, Screens, Words> {
  return declared
}

/** Declares a page of a room. Without `search` the screen reads the search of its address itself. */
export function screen<
  const Place extends string,
  const Path extends `/${string}`,
  Read = Record<string, unknown>,
>({
  search = (given) => given as Read,
  ...given
}: Pick<Screen<Place, Path>, 'place' | 'path' | 'load'> & {
  readonly search?: ReadSearch<Read>
}): Screen<Place, Path, Read> {
  return { ...given, search, at: addressAt(given.path) as At<Path> }
}

/** Declares what the search reads, with the type of the answer. */
export function finder<Answer, Found>(
  needs: Permission,
  request: (text: string) => Request<Answer>,
  found: (answer: Answer) => readonly Found[],
): Finder<Found> {
  return { needs, request, found: (answer) => found(answer as Answer) }
}

function addressAt(path: string): (...given: readonly (string | Search | undefined)[]) => string {
  return (...given) => {
    const [part, search] = typeof given[0] === 'string' ? given : [undefined, given[0]]
    const filled = part === undefined ? path : path.replace(/\$\w+/, () => encodeURIComponent(String(part)))
    return address(filled, (search ?? {}) as Search)
  }
}
