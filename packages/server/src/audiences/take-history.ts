import { lacksHistory, readyBackfill } from '@affluent/core/audience/backfill'
import type { ColdSeries } from '@affluent/core/audience/membership-evaluator'
import { takeHistory } from '@affluent/core/audience/take-history'
import type { IdentityGraph } from '@affluent/core/identity/identity-graph'
import type { Fragment } from '@affluent/core/profile/fragment'
import type { Reader } from '../platform/database/connect.ts'
import { type Audiences, findPastStates } from './audience-store.ts'

/** Lets fragments take what ClickHouse found in their history, before anything is decided about them. */
export class HistoryTaker {
  readonly #database: Reader
  readonly #workspace: number
  readonly #audiences: () => Audiences
  #cold: ColdSeries[] = []

  constructor(database: Reader, workspace: number, audiences: () => Audiences) {
    this.#database = database
    this.#workspace = workspace
    this.#audiences = audiences
  }

  /** Series that history has made too long since this was asked last. */
  takeCold(): ColdSeries[] {
    const cold = this.#cold
    this.#cold = []
    return cold
  }

  /** @param graph changed in place */
  async takeInto(graph: IdentityGraph): Promise<void> {
    const audiences = this.#audiences()
    const ready = readyBackfill(audiences)
    if (ready === undefined) return
    const lacking = graph.fragments().filter(({ id, state }) => lacksHistory(audiences, id, state))
    if (lacking.length === 0) return
    const ids = lacking.map(({ id }) => id)
    const found = await findPastStates(this.#database, this.#workspace, ids)
    for (const fragment of lacking) {
      const past = found.get(fragment.id)
      // a fragment without history stays as it is, in memory as in the store
      if (past === undefined) continue
      const cold = takeHistory(audiences.catalog, ready, fragment.state, past)
      graph.touch(fragment)
      for (const series of cold) this.#cold.push({ series, fragment: fragment.id })
    }
  }
}

/**
 * Lets fragments that somebody looks at take what was found in their history and is not in them yet; nothing is saved.
 * @param read reads them again, after their history: what a fragment has taken meanwhile it says itself
 */
export async function completeHistory(
  database: Reader,
  workspace: number,
  audiences: Audiences,
  fragments: readonly Fragment[],
  read: () => Promise<readonly Fragment[]>,
): Promise<readonly Fragment[]> {
  const lacking = fragments.filter(({ id, state }) => lacksHistory(audiences, id, state))
  const ready = readyBackfill(audiences)
  if (lacking.length === 0 || ready === undefined) return fragments
  const past = await findPastStates(
    database,
    workspace,
    lacking.map(({ id }) => id),
  )
  const again = await read()
  for (const { id, state } of again) takeHistory(audiences.catalog, ready, state, past.get(id) ?? [])
  return again
}
