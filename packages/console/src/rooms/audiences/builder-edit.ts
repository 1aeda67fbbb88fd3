import type { ConditionWarning } from '@affluent/protocol/endpoints/audiences'
import type { ApiError } from '../../api/api-error.ts'
import type { ConditionNode } from './condition-model.ts'
import type { LeafKind } from './leaves/leaf-forms.ts'

/** What the parts of the builder can do, and what they must know of the whole. */
export interface BuilderEdit {
  /** letters typed into one field are one step: name the field */
  readonly change: (id: number, change: (node: ConditionNode) => ConditionNode, field: string) => void
  readonly add: (group: number, kind: LeafKind | 'group') => void
  readonly remove: (id: number) => void
  readonly duplicate: (id: number) => void
  readonly move: (id: number, step: -1 | 1) => void
  /** the node that was added last, which takes the focus */
  readonly added: number | undefined
  /** what the server says of a node */
  readonly faults: ReadonlyMap<number, ApiError>
  /** what a node names that has never been seen */
  readonly warnings: ReadonlyMap<number, readonly ConditionWarning[]>
  readonly takeNearest: (id: number, warning: ConditionWarning) => void
  readonly incomplete: ReadonlySet<number>
  /** the audience that is edited; it cannot name itself */
  readonly ownKey: string | undefined
  /** a free id for a part of a node */
  readonly freeId: () => number
}
