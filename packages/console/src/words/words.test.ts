import { expect, test } from 'vitest'
import { formOfKind, LEAF_KINDS } from '../rooms/audiences/leaves/leaf-forms.ts'
import { ROOMS } from '../rooms/rooms.ts'
import { wordsOf } from './words-of.ts'

type Leaves = ReadonlyMap<string, string>

const FRENCH = leavesOf({ ...(await wordsOf('fr', ROOMS)), rooms: namesIn('fr'), leaves: leavesIn('fr') })
const ENGLISH = leavesOf({ ...(await wordsOf('en', ROOMS)), rooms: namesIn('en'), leaves: leavesIn('en') })

// Of the glossary's column "not": one word for one idea. `what` is the word that we say instead.
const FORBIDDEN: ReadonlyArray<readonly [Leaves, RegExp, string]> = [
  [FRENCH, /\b(segments?|cohortes?)\b/i, 'audience'],
  [FRENCH, /\butilisateurs?\b/i, 'membre de l’équipe, profil'],
  [FRENCH, /\bintégrations?\b/i, 'destination'],
  [FRENCH, /\blivraisons?\b/i, 'transmission'],
  [FRENCH, /(?<![\p{L}{])traits?(?![\p{L}}])/iu, 'attribut'],
  [FRENCH, /\bespaces? de noms\b/i, 'type d’identifiant'],
  [FRENCH, /\b(issues?|sortes?)\b/i, 'résultat, type'],
  [FRENCH, /\bdisjoncteurs?\b/i, 'envois autorisés, suspendus'],
  [FRENCH, /\borganisations?\b/i, 'espace'],
  [FRENCH, /\bschémas? d’événements?\b/i, 'plan de marquage'],
  [ENGLISH, /\b(segments?|cohorts?)\b/i, 'audience'],
  [ENGLISH, /\b(users?|admins?)\b/i, 'team member, profile'],
  [ENGLISH, /\bintegrations?\b/i, 'destination'],
  [ENGLISH, /\b(tenants?|organi[sz]ations?)\b/i, 'workspace'],
  [ENGLISH, /\battributes?\b/i, 'trait'],
  [ENGLISH, /\bjourneys?\b/i, 'scenario'],
  [ENGLISH, /\b(walks?|walked|doors?)\b/i, 'process, flow, collect endpoint'],
]

test('both languages have the same keys; French also has the plural of millions', () => {
  const withoutMillions = [...FRENCH.keys()].filter((key) => !key.endsWith('_many'))
  expect(new Set(ENGLISH.keys())).toEqual(new Set(withoutMillions))
})

test('a plural has every form of its language', () => {
  const needed = (words: Leaves, forms: readonly string[]) =>
    [...words.keys()]
      .filter((key) => key.endsWith('_other'))
      .flatMap((key) => forms.map((form) => key.replace(/_other$/, `_${form}`)))
      .filter((key) => !words.has(key))
  expect(needed(FRENCH, ['one', 'many'])).toEqual([])
  expect(needed(ENGLISH, ['one'])).toEqual([])
})

test('a text takes the same values in both languages', () => {
  const different = [...ENGLISH].filter(([key, text]) => {
    // "1 person" needs no number, so a singular may leave it out
    if (key.endsWith('_one')) return false
    return String(placeholders(text)) !== String(placeholders(FRENCH.get(key) ?? ''))
  })
  expect(different.map(([key]) => key)).toEqual([])
})

test('French has a narrow no-break space before : ; ! ? and inside guillemets, and its own apostrophe', () => {
  const wrong = [...FRENCH].filter(([, text]) =>
    /[ \u00a0][:;!?»]|«[ \u00a0]|[\p{L}\p{N}»][;!?](?!\S)|\p{L}'\p{L}/u.test(text),
  )
  expect(wrong.map(([key, text]) => `${key}: ${text}`)).toEqual([])
})

test('nothing is exclaimed, and no text is empty or keeps a space at its ends', () => {
  const wrong = [...FRENCH, ...ENGLISH].filter(
    ([, text]) => text.includes('!') || text.trim() !== text || text === '',
  )
  expect(wrong.map(([key]) => key)).toEqual([])
})

test('the words are those of the glossary', () => {
  const found = FORBIDDEN.flatMap(([words, forbidden, instead]) =>
    [...words]
      .filter(([, text]) => forbidden.test(text))
      .map(([key, text]) => `${key}: "${text}"; say ${instead}`),
  )
  expect(found).toEqual([])
})

/** What the rooms say of themselves. */
function namesIn(language: 'fr' | 'en') {
  return Object.fromEntries(
    ROOMS.map(({ key, name, lead }) => [key, { name: name[language], lead: lead[language] }]),
  )
}

/** What the kinds of conditions are called. */
function leavesIn(language: 'fr' | 'en') {
  return Object.fromEntries(
    LEAF_KINDS.map(formOfKind).map(({ kind, name, hint }) => [
      kind,
      { name: name[language], hint: hint[language] },
    ]),
  )
}

function leavesOf(words: object, path = ''): Leaves {
  return new Map(
    Object.entries(words).flatMap(([key, value]) => {
      const place = path === '' ? key : `${path}.${key}`
      return typeof value === 'string' ? [[place, value] as const] : [...leavesOf(value, place)]
    }),
  )
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{\{\s*(\w+)/g)].map(([, name]) => name ?? '').sort((a, b) => a.localeCompare(b))
}
