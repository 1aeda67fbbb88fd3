import { memberSince } from '@affluent/core/audience/memberships-slice'
import { Person } from '@affluent/core/audience/person'
import type { CompiledLeaf } from '@affluent/core/condition/compile-condition'
import { formatCondition } from '@affluent/core/condition/format-condition'
import type { LeafEvents } from '@affluent/core/condition/leaves/leaf-kind'
import { leafKindOf } from '@affluent/core/condition/leaves/leaf-kinds'
import { matchingEventsSql } from '@affluent/core/condition/sql/matching-events-sql'
import { boundsAt } from '@affluent/core/condition/window'
import { isCold } from '@affluent/core/series/series-slice'
import type { WhyAnswer } from '@affluent/protocol/endpoints/profiles'
import * as api from '@affluent/protocol/endpoints/profiles'
import type { FastifyInstance } from 'fastify'
import type { WorkspaceReads } from '../platform/clickhouse/analytical-reads.ts'
import { nameSources, readsFor } from '../platform/http/api-context.ts'
import { ApiError } from '../platform/http/api-error.ts'
import { serve } from '../platform/http/serve.ts'
import { findPerson } from '../profiles/contract.ts'
import type { AudienceApi } from './audience-api.ts'

const EVENTS_SHOWN = 10

/** Why somebody is in an audience, or not: each leaf with the values or events that decided it. */
export function registerWhy(app: FastifyInstance, options: AudienceApi): void {
  serve(app, api.explainMembership, async (request, reply): Promise<WhyAnswer> => {
    const { workspace } = request
    const { members } = await findPerson(request, options)
    const audiences = options.audiences(workspace.id)
    const key = request.query.audience
    const row = audiences.audiences.find((each) => each.key === key)
    if (row === undefined)
      throw new ApiError(404, 'not_found', `There is no audience "${key}".`, { path: 'audience' })
    const version = audiences.catalog.version(row.liveVersion)
    if (version === undefined)
      throw new ApiError(409, 'not_ready', `The audience "${key}" is still being prepared.`, {
        path: 'audience',
      })
    const now = options.now()
    const person = new Person(members, audiences.catalog.series, options.rules(workspace.id))
    const since = memberSince(person.canonical.state.memberships, version.id)
    const explain = new LeafExplainer(options, readsFor(options, request, reply), workspace.id, person, now)
    const leaves: WhyAnswer['leaves'] = []
    for (const leaf of version.compiled.leaves) leaves.push(await explain.leaf(leaf))
    return {
      audience: key,
      member: since !== undefined,
      since: since === undefined ? null : new Date(since).toISOString(),
      asOf: new Date(now).toISOString(),
      holds: version.compiled.evaluate((leaf) => leaf.holds(person, now)),
      leaves,
    }
  })
}

/** Says of each leaf what decided it. */
class LeafExplainer {
  readonly #options: AudienceApi
  readonly #reads: WorkspaceReads
  readonly #workspace: number
  readonly #person: Person
  readonly #now: number

  constructor(options: AudienceApi, reads: WorkspaceReads, workspace: number, person: Person, now: number) {
    this.#options = options
    this.#reads = reads
    this.#workspace = workspace
    this.#person = person
    this.#now = now
  }

  async leaf(compiled: CompiledLeaf): Promise<WhyAnswer['leaves'][number]> {
    const { leaf } = compiled
    const cold = compiled.series !== undefined && isCold(this.#person.series(compiled.series))
    return {
      leaf: formatCondition(leaf),
      holds: compiled.holds(this.#person, this.#now),
      cold,
      because: await this.#because(compiled),
    }
  }

  async #because({ leaf, key, series }: CompiledLeaf): Promise<Record<string, unknown>> {
    const { zone } = this.#options.audiences(this.#workspace)
    const evidence = leafKindOf(leaf).why(leaf, this.#person, { now: this.#now, zone, key, series })
    switch (evidence.kind) {
      case 'nothing':
        return {}
      case 'value': {
        if (evidence.newest === undefined || evidence.newest[0] === null) return { value: null }
        const [value, time, position, source] = evidence.newest
        const nameOfSource = nameSources(this.#options.registry)
        return { value, at: isoOf(time), position, source: nameOfSource(source) }
      }
      case 'cold':
        return { asOf: evidence.asOf === undefined ? null : isoOf(evidence.asOf) }
      case 'events':
        return {
          ...evidence.facts,
          times: evidence.times.slice(-EVENTS_SHOWN).map(isoOf),
          events: await this.#events(evidence.events, zone),
        }
      case 'facts':
        return evidence.facts
    }
  }

  /** The newest events that the leaf counts, as ClickHouse has them. */
  async #events(events: LeafEvents, zone: string): Promise<unknown[]> {
    const { progress, rules } = this.#options
    const question = {
      ...{ workspace: this.#workspace, now: this.#now, zone, rules: rules(this.#workspace) },
      position: progress(this.#workspace)?.loaded.position ?? 0,
    }
    const fragments = this.#person.members.map(({ id }) => id)
    const bounds = boundsAt(events.within, this.#now, zone)
    const rows = await this.#reads.ask<{ time: number; position: number; name: string }>(
      matchingEventsSql(events, question, fragments, bounds, EVENTS_SHOWN),
    )
    return rows.map(({ time, position, name }) => ({
      at: isoOf(Number(time)),
      position: Number(position),
      event: name,
    }))
  }
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString()
}
