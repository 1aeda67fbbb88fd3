/* What other capabilities may ask of identity: who is one person, and how that was decided. */

export { decideCountry } from './decide-respelling.ts'
export {
  type FoundPerson,
  findFragmentsOfPeople,
  findPersonByFragment,
  findPersonByIdentifier,
  findProfilesOf,
  listNewestProfiles,
  viewIdentifiers,
} from './find-people.ts'
export { viewGraph } from './graph-view.ts'
export {
  findFragmentsOfIdentifier,
  findIdentifiersByPrefix,
  findIdentifiersOfText,
} from './identifier-search.ts'
export type { IdentityApi } from './identity-api.ts'
export { isoSpan } from './iso-span.ts'
export { ledgerReader, viewLedger, viewLedgerAt } from './ledger-view.ts'
export { readRules } from './rules-store.ts'
export { findTouchedFragments } from './touched-fragments.ts'
