import type { ProfileApi } from '../profiles/contract.ts'
import type { Audiences } from './audience-store.ts'

/** What the calls about audiences need. */
export interface AudienceApi extends ProfileApi {
  /** as this process last read them */
  readonly audiences: (workspace: number) => Audiences
}
