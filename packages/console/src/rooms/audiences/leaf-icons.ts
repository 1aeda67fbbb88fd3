import type { Icon } from '@tabler/icons-react'
import {
  IconBolt,
  IconBraces,
  IconDice3,
  IconFolders,
  IconId,
  IconSum,
  IconTag,
  IconUsersGroup,
} from '@tabler/icons-react'
import type { ConditionNode, LeafKind } from './condition-model.ts'

/** The sign of each kind of condition. */
export const LEAF_ICONS: Readonly<Record<LeafKind | 'group', Icon>> = {
  event: IconBolt,
  trait: IconTag,
  aggregate: IconSum,
  audience: IconUsersGroup,
  identifier: IconId,
  share: IconDice3,
  json: IconBraces,
  group: IconFolders,
}

/** What a node is called in the list of what can be added. */
export function kindOf(node: ConditionNode): LeafKind | 'group' {
  return node.kind === 'event' && node.measure.kind === 'aggregate' ? 'aggregate' : node.kind
}
