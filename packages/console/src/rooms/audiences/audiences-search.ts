/** What the address of the list of audiences says. */
export interface AudiencesSearch {
  /** the builder is open for a new audience */
  readonly isNew: boolean
  /** key of the audience that the new one begins as a copy of */
  readonly copyOf: string | undefined
  /** what the list is searched for */
  readonly text: string
}

/** Reads the search of the address; whatever is not known is passed over. */
export function readAudiencesSearch(search: Readonly<Record<string, unknown>>): AudiencesSearch {
  const { new: asked, of, q } = search
  const copyOf = typeof of === 'string' || typeof of === 'number' ? String(of) : undefined
  return {
    isNew: asked !== undefined && asked !== false && asked !== 'no',
    copyOf: copyOf === '' ? undefined : copyOf,
    // a search for 2026 comes as a number
    text: typeof q === 'string' || typeof q === 'number' ? String(q) : '',
  }
}
