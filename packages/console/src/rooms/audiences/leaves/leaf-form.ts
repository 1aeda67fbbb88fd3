import type { Scalar } from '@affluent/protocol/condition'
import type { JsonObject } from '@affluent/protocol/event'
import type { Icon } from '@tabler/icons-react'
import type { FunctionComponent } from 'react'
import type { Bilingual } from '../../../words/bilingual.ts'
import type { BuilderEdit } from '../builder-edit.ts'

/** What every node of a condition has. */
export interface AnyLeafNode {
  readonly id: number
  readonly kind: string
}

export interface LeafFieldsProps<Node> {
  leaf: Node
  /** letters typed into one field are one step: name the field */
  onChange: (leaf: Node, field: string) => void
  edit: Pick<BuilderEdit, 'ownKey' | 'freeId'>
}

/**
 * How the builder edits one kind of leaf: how it is read, written, begun and shown. Its file is all that knows the
 * kind.
 */
export interface LeafForm<Kind extends string, Node extends AnyLeafNode> {
  readonly kind: Kind
  readonly icon: Icon
  readonly name: Bilingual
  /** what it asks, in the list of what can be added */
  readonly hint: Bilingual
  /** Whether a node is edited by this form. */
  owns(node: AnyLeafNode): boolean
  /** A leaf as it begins. */
  empty(id: number): Node
  /** Whether a leaf as conditions are written is of this kind. */
  recognizes(object: JsonObject): boolean
  /**
   * Reads a leaf that it recognizes.
   * @param ids gives free ids to its parts
   * @throws NotForBuilder where it has no fields for something
   */
  read(object: JsonObject, id: number, ids: () => number): Node
  /** The leaf as conditions are written; undefined while something is missing. */
  write(node: Node): JsonObject | undefined
  /**
   * The same leaf with a name or value replaced by the one that was meant; absent: it names nothing.
   * @param rest where it stands inside the leaf, as the API names it: `.trait`, `.where[0].property`, `.value[2]`
   */
  takeNearest?(node: Node, rest: string, nearest: Scalar): Node
  /** Ids of parts inside the leaf; absent: it has none. */
  partIds?(node: Node): readonly number[]
  /** The same leaf with new ids for its parts. */
  renumbered?(node: Node, take: () => number): Node
  readonly Fields: FunctionComponent<LeafFieldsProps<Node>>
}
