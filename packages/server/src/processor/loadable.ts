import type { LoadableDecision } from '../warehouse/load-entry.ts'
import type { BatchDecision } from './decide-batch.ts'
import type { CommandDecision } from './decide-command.ts'

/** What the loader takes of a micro-batch: nothing of it that does not become facts is held on to. */
export function loadableBatch({
  first,
  last,
  processed,
  identity,
  profiles,
  audiences,
}: BatchDecision): LoadableDecision {
  const { moves, links } = identity
  const { memberships } = audiences
  return {
    first,
    last,
    processed,
    parts: { identity: { moves, links }, profiles, audiences: { memberships } },
  }
}

/** What the loader takes of a command. */
export function loadableCommand({ position, identity, audiences }: CommandDecision): LoadableDecision {
  const { moves, links } = identity
  const { memberships } = audiences
  const parts = { identity: { moves, links }, audiences: { memberships } }
  return { first: position, last: position, processed: [], parts }
}
