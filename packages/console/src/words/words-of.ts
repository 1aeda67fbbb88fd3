import type { Language } from '../app/language.ts'
import type { RoomFacts } from '../app/room.ts'

// What all rooms share; each room has its own words beside its screens.
const SHARED = {
  fr: async () => (await import('./fr/french.ts')).french,
  en: async () => (await import('./en/english.ts')).english,
} as const

/** Every word of the console in a language: what is shared, and those of each room under its key. */
export async function wordsOf(
  language: Language,
  rooms: readonly RoomFacts[],
): Promise<Record<string, object>> {
  const [shared, ...own] = await Promise.all([
    SHARED[language](),
    ...rooms.map(async ({ key, words }) => [key, await words[language]()] as const),
  ])
  return { ...shared, ...Object.fromEntries(own) }
}
