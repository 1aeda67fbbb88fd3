import type { AudienceChanges } from '@affluent/core/audience/audience-tables'
import { deleteAudience, putAudience } from '@affluent/core/audience/plan-audience'
import type { Rejection } from '@affluent/protocol/codes'
import { type CommandOutcome, rejected } from '../platform/processing/command-decision.ts'
import { describeAudienceChanges } from './audience-changes.ts'
import type { AudienceInput } from './audience-input.ts'
import type { DeleteAudience, PutAudience } from './command.ts'

/** Makes an audience, or gives it another definition. */
export function decidePutAudience(input: AudienceInput, command: PutAudience): CommandOutcome {
  return changed(input, putAudience(input.audiences, command, command.at))
}

/** Takes an audience away. */
export function decideDeleteAudience(input: AudienceInput, { key }: DeleteAudience): CommandOutcome {
  return changed(input, deleteAudience(input.audiences, key, input.countConnections(key)))
}

/** What a decision about audiences alone comes to. */
export function changed(
  { workspace, run }: Pick<AudienceInput, 'workspace' | 'run'>,
  decided: AudienceChanges | Rejection,
): CommandOutcome {
  if ('code' in decided) return rejected(decided)
  const statements = describeAudienceChanges(workspace, decided, run.first)
  return { statements, changesSettings: statements.length > 0 }
}
