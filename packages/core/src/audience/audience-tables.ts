import type { ErrorCode } from '@affluent/protocol/codes'
import type { Population } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import { AudienceCatalog, type AudienceVersion } from './audience-catalog.ts'

/** An audience as it is kept. */
export interface AudienceRow {
  readonly id: number
  readonly key: string
  readonly name: string
  /** as it was sent */
  readonly condition: Json
  readonly population: Population
  readonly revision: number
  /** the version whose members are shown; 0: none yet */
  readonly liveVersion: number
  readonly isLive: boolean
  /** why it cannot be prepared; the version that is live, if any, stays */
  readonly fault: string | null
  readonly faultCode: ErrorCode | null
  readonly createdAt: Date
  readonly changedAt: Date
}

/** A version as it is kept. */
export interface VersionRow extends AudienceVersion {
  /** that of its audience when it was made */
  readonly revision: number
  /** position from which its members are complete, and when; 0 and null: not yet */
  readonly livePosition: number
  readonly liveAt: Date | null
}

/** A backfill under way: it brings history to new series, and asks new versions. */
export interface BackfillRow {
  /** of the command that began it */
  readonly position: number
  /** the workspace's time then, milliseconds since the epoch */
  readonly clock: number
  /** the versions that it prepares */
  readonly versions: readonly number[]
  /** the series that it computes */
  readonly series: readonly number[]
  /** whether people without any event must be asked too */
  readonly everyone: boolean
  /** position from which fragments take what was computed; 0: not yet */
  readonly readyPosition: number
  /** whether the versions are shown before every fragment has taken its history */
  readonly early: boolean
  /** position of a backfill that is live and was not settled when this one began; 0: none */
  readonly earlierPosition: number
  /** since when something that is live has not been settled, milliseconds since the epoch */
  readonly unsettledSince: number
  readonly isLive: boolean
  /** fragments below have taken their history */
  readonly doneTo: number
  /** fragments from here on were made later and need no history */
  readonly until: number
  readonly startedAt: Date
}

/** The next free numbers; none is used again. */
export interface AudienceNumbers {
  readonly audience: number
  readonly version: number
  readonly series: number
}

/** Everything about the audiences of a workspace, as it is kept. */
export interface AudienceTables {
  /** IANA name */
  readonly zone: string
  readonly audiences: readonly AudienceRow[]
  readonly versions: readonly VersionRow[]
  /** numbers of series by key */
  readonly series: ReadonlyMap<string, number>
  readonly backfill: BackfillRow | undefined
  /** whether everyone must be asked again: the identity rules have changed */
  readonly evaluationDue: boolean
  readonly next: AudienceNumbers
}

/** What a decision changes in the tables; what is absent stays as it is. */
export interface AudienceChanges {
  /** rows that are new or other ones now */
  readonly audiences?: readonly AudienceRow[]
  readonly deletedAudiences?: readonly number[]
  readonly versions?: readonly VersionRow[]
  readonly deletedVersions?: readonly number[]
  /** new series by key */
  readonly series?: ReadonlyMap<string, number>
  readonly deletedSeries?: readonly number[]
  /** null: it has ended */
  readonly backfill?: BackfillRow | null
  /** fragments below have taken what was laid ready for them: it goes */
  readonly historyTakenTo?: number
  readonly next?: AudienceNumbers
  readonly evaluationDue?: boolean
}

/** A decision that changes nothing. */
export const NO_CHANGES: AudienceChanges = {}

/**
 * All versions, compiled; those whose history is still being computed are inactive, and their series are being
 * prepared.
 */
export function compileAudiences({ versions, series, zone, backfill }: AudienceTables): AudienceCatalog {
  const unready = backfill?.readyPosition === 0 ? backfill : undefined
  const inactive = new Set(unready?.versions)
  return new AudienceCatalog({ versions, series, zone, inactive, preparing: new Set(unready?.series) })
}
