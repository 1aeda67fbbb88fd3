import { Person } from '@affluent/core/audience/person'
import { membershipsOf } from '@affluent/core/audience/review'
import { bucketOf } from '@affluent/core/condition/bucket'
import type { CompiledLeaf } from '@affluent/core/condition/compile-condition'
import { compileEventLeaf } from '@affluent/core/condition/event-leaf'
import { formatCondition } from '@affluent/core/condition/format-condition'
import { matchingEventsSql } from '@affluent/core/condition/sql/matching-events-sql'
import { rootOf } from '@affluent/core/condition/value-path'
import { boundsAt } from '@affluent/core/condition/window'
import { type WhyAnswer, whyAnswer, whyQuery } from '@affluent/protocol/api'
import type { AggregateLeaf, CountLeaf } from '@affluent/protocol/condition'
import type { FastifyInstance } from 'fastify'
import type { WorkspaceReads } from '../stores/analytical-reads.ts'
import { type ApiOptions, ERRORS, nameSources, readsFor, SECURITY, typed } from './api-context.ts'
import { findPerson } from './profile-routes.ts'
import { RefusalError } from './refusal-error.ts'

const EVENTS_SHOWN = 10

/** Why somebody is in an audience, or not: each leaf with the values or events that decided it. */
export function registerWhy(app: FastifyInstance, options: ApiOptions): void {
  typed(app).route({
    method: 'GET',
    url: '/v1/profiles/:id/why',
    schema: {
      summary: 'Why a person is in an audience, or not',
      tags: ['Profiles'],
      security: SECURITY,
      querystring: whyQuery,
      response: { 200: whyAnswer, ...ERRORS },
    },
    handler: async (request, reply): Promise<WhyAnswer> => {
      const { workspace } = request
      const { members } = await findPerson(request, options)
      const audiences = options.audiences(workspace.id)
      const key = request.query.audience
      const row = audiences.audiences.find((each) => each.key === key)
      if (row === undefined)
        throw new RefusalError(404, 'not_found', `There is no audience "${key}".`, { path: 'audience' })
      const version = audiences.catalog.version(row.liveVersion)
      if (version === undefined)
        throw new RefusalError(409, 'not_ready', `The audience "${key}" is still being prepared.`, {
          path: 'audience',
        })
      const now = options.now()
      const person = new Person(members, audiences.catalog, options.rules(workspace.id))
      const since = membershipsOf(person.canonical.state).get(version.id)
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
    },
  })
}

/** Says of each leaf what decided it. */
class LeafExplainer {
  readonly #options: ApiOptions
  readonly #reads: WorkspaceReads
  readonly #workspace: number
  readonly #person: Person
  readonly #now: number

  constructor(options: ApiOptions, reads: WorkspaceReads, workspace: number, person: Person, now: number) {
    this.#options = options
    this.#reads = reads
    this.#workspace = workspace
    this.#person = person
    this.#now = now
  }

  async leaf(compiled: CompiledLeaf): Promise<WhyAnswer['leaves'][number]> {
    const { leaf } = compiled
    const cold = compiled.series !== undefined && this.#person.series(compiled.series)?.x === 1
    return {
      leaf: formatCondition(leaf),
      holds: compiled.holds(this.#person, this.#now),
      cold,
      because: await this.#because(compiled),
    }
  }

  async #because({ leaf, key, series }: CompiledLeaf): Promise<Record<string, unknown>> {
    const person = this.#person
    switch (leaf.kind) {
      case 'trait':
      case 'each': {
        const newest = person.traitWord(rootOf(leaf.kind === 'each' ? leaf.each : leaf.trait))
        if (newest === undefined || newest[0] === null) return { value: null }
        const [value, time, position, source] = newest
        const nameOfSource = nameSources(this.#options.registry)
        return { value, at: isoOf(time), position, source: nameOfSource(source) }
      }
      case 'count':
      case 'aggregate': {
        const answer = person.canonical.state.k?.[key]
        const state = series === undefined ? undefined : person.series(series)
        if (state?.x === 1) return { asOf: answer === undefined ? null : isoOf(answer[1]) }
        const { zone } = this.#options.audiences(this.#workspace)
        const { count, value, times } = compileEventLeaf(leaf, zone).read(state, this.#now)
        const said = leaf.kind === 'count' ? { count } : { value: value ?? null, values: count }
        return {
          ...said,
          times: times.slice(-EVENTS_SHOWN).map(isoOf),
          events: await this.#events(leaf, zone),
        }
      }
      case 'identifier':
      case 'known':
        return { namespaces: [...person.namespaces].sort() }
      case 'bucket':
        return { place: bucketOf(leaf.seed, person.profile) }
      case 'audience':
        return {}
    }
  }

  /** The newest events that the leaf counts, as ClickHouse has them. */
  async #events(leaf: CountLeaf | AggregateLeaf, zone: string): Promise<unknown[]> {
    const { progress, rules } = this.#options
    const question = {
      ...{ workspace: this.#workspace, now: this.#now, zone, rules: rules(this.#workspace) },
      position: progress(this.#workspace)?.loaded.position ?? 0,
    }
    const fragments = this.#person.members.map(({ id }) => id)
    const bounds = boundsAt(leaf.within, this.#now, zone)
    const rows = await this.#reads.ask<{ time: number; position: number; name: string }>(
      matchingEventsSql(leaf, question, fragments, bounds, EVENTS_SHOWN),
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
