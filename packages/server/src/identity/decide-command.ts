import { changeRules } from '@affluent/core/identity/change-rules'
import type { Rejection } from '@affluent/protocol/codes'
import { IDENTITY_NAMESPACES_MAX } from '@affluent/protocol/limits'
import {
  type CommandInput,
  type CommandOutcome,
  type CommandTable,
  rejected,
} from '../platform/processing/command-decision.ts'
import type { IdentityCommand, SetIdentityRules } from './command.ts'
import { decideRespelling } from './decide-respelling.ts'
import { decideUndo } from './decide-undo.ts'

/** How commands about identity are decided. */
export const IDENTITY_COMMANDS: CommandTable<IdentityCommand, CommandInput> = {
  set_identity_rules: decideRules,
  unmerge: decideUndo,
  set_cannot_link: decideUndo,
  force_link: decideUndo,
  respell_identifiers: decideRespelling,
}

function decideRules(input: CommandInput, command: SetIdentityRules): CommandOutcome {
  const rules = changeRules(input.rules, command.change)
  if (Object.keys(rules.namespaces).length > IDENTITY_NAMESPACES_MAX) return rejected(TOO_MANY_NAMESPACES)
  return { rules, changesSettings: true, evaluatesEveryone: true }
}

const TOO_MANY_NAMESPACES: Rejection = {
  code: 'too_many',
  message: `At most ${IDENTITY_NAMESPACES_MAX} namespaces have a rule of their own; give some the default again with null.`,
  path: 'namespaces',
}
