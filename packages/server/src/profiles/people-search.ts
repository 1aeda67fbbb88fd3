import { foldText } from '@affluent/core/condition/fold-text'
import { foldSql } from '@affluent/core/condition/sql/fold-sql'
import { SqlParams } from '@affluent/core/condition/sql/sql-params'
import type { IdentityRules } from '@affluent/core/identity/namespaces'
import { TITLE_TRAITS } from '@affluent/core/profile/profile-title'
import type { Identifier } from '@affluent/protocol/event'
import {
  findIdentifiersByPrefix,
  findIdentifiersOfText,
  findProfilesOf,
  listNewestProfiles,
} from '../identity/contract.ts'
import type { WorkspaceReads } from '../platform/clickhouse/analytical-reads.ts'
import type { Database } from '../platform/database/connect.ts'
import { type PersonSummary, viewPeople } from './people-view.ts'

/** A person whom a search found, and by what. */
export interface FoundPerson {
  readonly person: PersonSummary
  /** undefined: by the name */
  readonly match: Identifier | undefined
}

interface Stores {
  readonly database: Database
  readonly reads: WorkspaceReads
}

/** Candidates of a name for each person shown: a value of long ago is found too, and then left out. */
const NAME_CANDIDATES = 10

/** White space, as JavaScript sees it, but for the plain blank. */
const SPACES =
  '\t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'

/**
 * People by what somebody knows of them: whoever has that very identifier; else those whose name begins so, and those
 * of whom an identifier does.
 */
export async function searchPeople(
  { database, reads }: Stores,
  workspace: number,
  search: {
    readonly text: string
    readonly limit: number
    /** by the whole of an identifier alone: what begins so may be a personal value */
    readonly isExact: boolean
  },
  rules: IdentityRules,
): Promise<FoundPerson[]> {
  const { text, limit, isExact } = search
  const { country } = rules
  const exact = await findIdentifiersOfText(database, workspace, text, country)
  const begun =
    isExact || exact.length >= limit
      ? []
      : await findIdentifiersByPrefix(database, workspace, text, limit * 2, country)
  const owned = [...exact, ...begun].filter(({ owner }) => owner !== 0)
  const named =
    isExact || exact.length > 0 ? [] : await searchNames({ database, reads }, workspace, search, rules)
  const known = new Set(named.map(({ person }) => person.folded.profile))
  const profiles = await findProfilesOf(
    database,
    workspace,
    owned.map(({ owner }) => owner),
  )
  const matches = new Map<number, Identifier>()
  for (const { owner, namespace, value } of owned) {
    const profile = profiles.get(owner)
    if (profile !== undefined && !matches.has(profile)) matches.set(profile, { namespace, value })
  }
  const shown = [...matches].filter(([profile]) => !known.has(profile)).slice(0, limit - named.length)
  const people = await viewPeople(
    database,
    workspace,
    shown.map(([profile]) => profile),
    rules,
  )
  const identified = shown.flatMap(([profile, match]) => {
    const person = people.get(profile)
    return person === undefined ? [] : { person, match }
  })
  return knownFirst([...named, ...identified])
}

function knownFirst(found: readonly FoundPerson[]): FoundPerson[] {
  const isKnown = ({ person }: FoundPerson) => person.folded.kind === 'known'
  return [...found.filter(isKnown), ...found.filter((each) => !isKnown(each))]
}

/** The profiles that were made last. */
export async function listNewestPeople(
  database: Database,
  workspace: number,
  limit: number,
  rules: IdentityRules,
): Promise<FoundPerson[]> {
  const ids = await listNewestProfiles(database, workspace, limit)
  const people = await viewPeople(database, workspace, ids, rules)
  return ids.flatMap((id) => {
    const person = people.get(id)
    return person === undefined ? [] : { person, match: person.identifiers[0] }
  })
}

/** By what a profile is called; without case and accents, each word from its beginning. */
async function searchNames(
  { database, reads }: Stores,
  workspace: number,
  { text, limit }: { readonly text: string; readonly limit: number },
  rules: IdentityRules,
): Promise<FoundPerson[]> {
  const words = wordsOf(text)
  const longest = words.toSorted((a, b) => b.length - a.length)[0]
  if (longest === undefined) return []
  const params = new SqlParams()
  const spaces = params.text(SPACES)
  const spaced = `translateUTF8(text, ${spaces}, ${params.text(' '.repeat(SPACES.length))})`
  const folded = foldSql(spaced, [longest], params)
  const rows = await reads.ask<{ fragment: number }>({
    query: `select distinct fragment from trait
            where workspace = ${params.uint(workspace)} and name in ${params.texts(TITLE_TRAITS.filter((name) => name !== 'email'))} and kind = 2
              and position(concat(' ', ${folded}), ${params.text(` ${longest}`)}) > 0
            limit ${params.uint(limit * NAME_CANDIDATES)}`,
    params: params.values,
  })
  const fragments = rows.map(({ fragment }) => Number(fragment))
  const profiles = await findProfilesOf(database, workspace, fragments)
  const people = await viewPeople(database, workspace, [...new Set(profiles.values())], rules)
  const found = [...people.values()].filter(({ title }) => {
    const own = wordsOf(title)
    return words.every((word) => own.some((each) => each.startsWith(word)))
  })
  return found.slice(0, limit).map((person) => ({ person, match: undefined }))
}

function wordsOf(text: string): string[] {
  return foldText(text.normalize('NFC')).split(/\s+/u).filter(Boolean)
}
