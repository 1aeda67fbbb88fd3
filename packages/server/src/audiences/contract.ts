/* What other capabilities may ask of audiences: definitions, members, and what an event changed. */

export type { AudienceApi } from './audience-api.ts'
export { type Audiences, createAudienceNumbers, readAudiences } from './audience-store.ts'
export { countMembersOf, viewMembers } from './member-view.ts'
export { membershipFacts } from './membership-facts.ts'
export { type FoundMembership, findMembershipsAt } from './membership-history.ts'
