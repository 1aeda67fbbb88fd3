import type { Condition, Leaf } from '@affluent/protocol/condition'
import {
  type CompiledCondition,
  type CompiledLeaf,
  ConditionCompiler,
} from '../condition/compile-condition.ts'
import { mayHoldWithoutEvents } from '../condition/condition-tree.ts'
import { leafKindOf } from '../condition/leaves/leaf-kinds.ts'
import type { SeriesSpec } from '../condition/series-state.ts'
import { SeriesCatalog } from '../series/series-catalog.ts'

/**
 * One definition of an audience: a change makes a new version, and both are kept up to date until the new one is live.
 */
export interface AudienceVersion {
  /** dense number, never used again */
  readonly id: number
  readonly audience: number
  /** canonical, with its population, without leaves that name audiences */
  readonly condition: Condition
  /** the version whose members it takes over, with their since; 0: none */
  readonly follows: number
}

/** A version that can be asked. */
export interface CompiledVersion extends AudienceVersion {
  /** place in the catalog */
  readonly index: number
  readonly compiled: CompiledCondition
  /** whether somebody without any event of its leaves may be in it */
  readonly needsEveryone: boolean
  /** whether somebody may enter or leave it by time alone without any event: a trait that names a date */
  readonly movesEveryone: boolean
  /** not asked yet: its history is still being computed */
  readonly isInactive: boolean
}

/** What the catalog is made of, as it is kept. */
export interface CatalogSource {
  readonly versions: readonly AudienceVersion[]
  /** numbers of the series that are kept, by key */
  readonly series: ReadonlyMap<string, number>
  readonly zone: string
  /** versions that are not asked yet */
  readonly inactive?: ReadonlySet<number>
  /** numbers of the series whose past is still being computed */
  readonly preparing?: ReadonlySet<number>
}

/**
 * All versions of a workspace's audiences, compiled once, indexed by what they read. Immutable: a change makes a new
 * catalog.
 */
export class AudienceCatalog {
  readonly versions: readonly CompiledVersion[]
  /** the series that their leaves need */
  readonly series: SeriesCatalog
  readonly zone: string
  /** how many different leaves there are */
  readonly leaves: number
  readonly #versionsByTrait = new Map<string, number[]>()
  /** by the index of the leaf */
  readonly #versionsByLeaf: number[][] = []
  readonly #versionsById = new Map<number, CompiledVersion>()

  constructor({ versions, series, zone, inactive, preparing }: CatalogSource) {
    const compiler = new ConditionCompiler(zone)
    this.zone = zone
    const inOrder = [...versions].sort((a, b) => a.id - b.id)
    this.versions = inOrder.map((version, index) => {
      const compiled = compiler.compile(version.condition)
      return {
        ...{ ...version, index, compiled, isInactive: inactive?.has(version.id) === true },
        needsEveryone: mayHoldWithoutEvents(version.condition),
        movesEveryone: compiled.leaves.some(({ leaf }) => isMovingTrait(leaf)),
      }
    })
    this.leaves = compiler.size
    const consumers = this.versions.map(({ id, compiled }) => {
      return { kind: 'audience_version' as const, id, leaves: compiled.leaves }
    })
    this.series = new SeriesCatalog({ consumers, numbers: series, zone, preparing })
    for (const version of this.versions) {
      for (const { index } of version.compiled.leaves)
        (this.#versionsByLeaf[index] ??= []).push(version.index)
      this.#versionsById.set(version.id, version)
      for (const trait of traitsOf(version.compiled.leaves)) push(this.#versionsByTrait, trait, version.index)
    }
  }

  get isEmpty(): boolean {
    return this.versions.length === 0
  }

  version(id: number): CompiledVersion | undefined {
    return this.#versionsById.get(id)
  }

  /** Indexes of the versions that ask a leaf. */
  versionsOfLeaf({ index }: CompiledLeaf): readonly number[] {
    return this.#versionsByLeaf[index] ?? []
  }

  /** Indexes of the versions that read a trait. */
  versionsOfTrait(name: string): readonly number[] {
    return this.#versionsByTrait.get(name) ?? []
  }
}

/** The series that versions need. */
export function neededSeries(conditions: readonly Condition[], zone: string): SeriesSpec[] {
  const compiler = new ConditionCompiler(zone)
  const specs = new Map<string, SeriesSpec>()
  for (const condition of conditions)
    for (const { series } of compiler.compile(condition).leaves)
      if (series !== undefined) specs.set(series.key, series)
  return [...specs.values()]
}

function isMovingTrait(leaf: Leaf): boolean {
  return leafKindOf(leaf).moves?.(leaf) === true
}

function traitsOf(leaves: readonly CompiledLeaf[]): Set<string> {
  return new Set(leaves.flatMap(({ trait }) => (trait === undefined ? [] : [trait])))
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
