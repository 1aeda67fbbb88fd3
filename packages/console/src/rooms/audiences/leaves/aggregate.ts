import type { Aggregate } from '@affluent/protocol/condition'
import { IconSum } from '@tabler/icons-react'
import { isName } from '../../../conditions/value-test.ts'
import { EventFields } from './event-fields.tsx'
import {
  AGGREGATE_FNS,
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
import { asCountOp, asNumber, asObject, asText, known, NotForBuilder } from './read-leaf.ts'

/** What the events of a person come to. */
export const aggregateForm: LeafForm<'aggregate', EventNode> = {
  kind: 'aggregate',
  icon: IconSum,
  name: { fr: 'Cumul d’événements', en: 'Total of events' },
  hint: {
    fr: 'une somme, une moyenne, un nombre de valeurs',
    en: 'a sum, an average, a number of values',
  },
  owns: (node) => isMeasuredBy(node, 'aggregate'),
  empty: (id) => emptyEvent(id, { kind: 'aggregate', fn: 'sum', property: '', op: 'gte', value: null }),
  recognizes: (object) => 'event' in object && 'aggregate' in object,
  read: (object, id, ids) =>
    readEvent(object, id, ids, ['aggregate', 'op', 'value'], () => {
      const { fn, property } = known(asObject(object['aggregate']), ['fn', 'property'])
      if (!AGGREGATE_FNS.includes(fn as Aggregate)) throw new NotForBuilder()
      return {
        ...{ kind: 'aggregate', fn: fn as Aggregate, property: asText(property) },
        ...{ op: asCountOp(object['op']), value: asNumber(object['value']) },
      }
    }),
  write: (node) => {
    const { measure } = node
    if (measure.kind !== 'aggregate' || typeof measure.value !== 'number') return undefined
    const { fn, property, op, value } = measure
    return writeEvent(node, isName(property) ? { aggregate: { fn, property }, op, value } : undefined)
  },
  takeNearest: (node, rest, nearest) =>
    rest === '.aggregate.property' && node.measure.kind === 'aggregate'
      ? { ...node, measure: { ...node.measure, property: String(nearest) } }
      : takeInEvent(node, rest, nearest),
  partIds: partIdsOf,
  renumbered: renumberedEvent,
  Fields: EventFields,
}
