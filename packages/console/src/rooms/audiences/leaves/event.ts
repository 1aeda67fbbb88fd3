import { IconBolt } from '@tabler/icons-react'
import { EventFields } from './event-fields.tsx'
import {
  type EventNode,
  emptyEvent,
  isMeasuredBy,
  partIdsOf,
  readEvent,
  renumberedEvent,
  takeInEvent,
  writeEvent,
} from './event-node.ts'
import type { LeafForm } from './leaf-form.ts'
import { asCountOp, asNumber, asObject, known } from './read-leaf.ts'

/** How often a person has done something. */
export const eventForm: LeafForm<'event', EventNode> = {
  kind: 'event',
  icon: IconBolt,
  name: { fr: 'Événement', en: 'Event' },
  hint: {
    fr: 'ce que la personne a fait, et combien de fois',
    en: 'what the person has done, and how often',
  },
  owns: (node) => isMeasuredBy(node, 'count'),
  empty: (id) => emptyEvent(id, { kind: 'count', op: 'gte', value: 1 }),
  recognizes: (object) => 'event' in object && !('aggregate' in object),
  read: (object, id, ids) =>
    readEvent(object, id, ids, ['count'], () => {
      const { count = { op: 'gte', value: 1 } } = object
      const { op, value } = known(asObject(count), ['op', 'value'])
      return { kind: 'count', op: asCountOp(op), value: asNumber(value) }
    }),
  write: (node) => {
    const { op, value } = node.measure
    if (typeof value !== 'number') return undefined
    // at least once is what an event asks by itself
    return writeEvent(node, op === 'gte' && value === 1 ? {} : { count: { op, value } })
  },
  takeNearest: takeInEvent,
  partIds: partIdsOf,
  renumbered: renumberedEvent,
  Fields: EventFields,
}
