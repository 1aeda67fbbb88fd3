/* What other capabilities may ask of profiles: people as they are shown. */

export { findPerson } from './find-person.ts'
export { type PersonSummary, viewPeople } from './people-view.ts'
export type { ProfileApi } from './profile-api.ts'
