import type { ColdSeries } from '@affluent/core/audience/membership-evaluator'
import type { CommandInput } from '../platform/processing/command-decision.ts'
import type { Audiences } from './audience-store.ts'

/** What commands about audiences are decided from. */
export interface AudienceInput extends CommandInput {
  readonly audiences: Audiences
  /** series that history has made too long since this was asked last */
  readonly takeCold: () => readonly ColdSeries[]
  /** how many connections send the members of an audience, by its key */
  readonly countConnections: (audience: string) => number
}
