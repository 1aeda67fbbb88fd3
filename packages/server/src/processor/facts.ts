import { membershipFacts } from '../audiences/membership-facts.ts'
import { MEMBERSHIP_TABLE } from '../audiences/membership-table.ts'
import { IDENTIFIER_TABLE } from '../identity/identifier-table.ts'
import { identityFacts } from '../identity/identity-facts.ts'
import { PROFILE_MAP_TABLE } from '../identity/profile-map-table.ts'
import type { AnalyticalTable } from '../platform/clickhouse/analytical-table.ts'
import type { FactSource } from '../platform/processing/fact-source.ts'
import { traitFacts } from '../profiles/trait-facts.ts'
import { TRAIT_TABLE } from '../profiles/trait-table.ts'
import { EVENT_TABLE } from '../warehouse/event-table.ts'

/**
 * What capabilities bring into ClickHouse. The map of profiles comes first: rows are never visible under a person who
 * is not known yet.
 */
export const FACTS: readonly FactSource<unknown>[] = [identityFacts, traitFacts, membershipFacts]

/** The tables that facts and events are in. */
export const ANALYTICAL_TABLES: readonly AnalyticalTable[] = [
  EVENT_TABLE,
  PROFILE_MAP_TABLE,
  TRAIT_TABLE,
  IDENTIFIER_TABLE,
  MEMBERSHIP_TABLE,
]
