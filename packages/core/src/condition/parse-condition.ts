import type { Condition, Leaf } from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { CONDITION_DEPTH_MAX, CONDITION_NODES_MAX } from '@affluent/protocol/limits'
import { canonicalText } from './canonical-text.ts'
import { ConditionError } from './condition-error.ts'
import { leafKindOfJson, leafKinds } from './leaves/leaf-kinds.ts'
import { asObject, refuseOthers } from './read-json.ts'

const BRANCHES = ['all', 'any', 'not'] as const
/** The keys that name the form of a condition. */
const FORMS: readonly string[] = [
  ...BRANCHES,
  ...new Set(Object.values(leafKinds).flatMap(({ form }) => form ?? [])),
]
/** Forms of the contract that later issues bring. */
const LATER = ['computed', 'record', 'sequence', 'consent', 'household', 'company']

/**
 * Reads a condition as people and programs write it (contract, section 4).
 * @param json what was sent
 * @param zone IANA name, in which days without a time begin and end
 * @returns its canonical form: equal conditions give equal text under `canonicalText`
 * @throws ConditionError with the path of what is wrong
 */
export function parseCondition(json: Json, zone: string): Condition {
  const budget = { nodes: CONDITION_NODES_MAX }
  return parseNode(json, { path: 'condition', depth: 1, zone, budget })
}

interface Place {
  readonly path: string
  readonly depth: number
  readonly zone: string
  readonly budget: { nodes: number }
}

function parseNode(json: Json, place: Place): Condition {
  const { path, depth, budget } = place
  if (depth > CONDITION_DEPTH_MAX)
    throw new ConditionError(path, `A condition may be nested ${CONDITION_DEPTH_MAX} levels deep at most.`)
  if (--budget.nodes < 0)
    throw new ConditionError(path, `A condition may have ${CONDITION_NODES_MAX} parts at most.`)
  const object = asObject(
    json,
    path,
    'A condition must be an object, such as {"trait":"plan","op":"exists"}.',
  )
  const form = formOf(object, path)
  switch (form) {
    case 'all':
    case 'any':
      return parseBranch(form, object, place)
    case 'not': {
      refuseOthers(object, ['not'], path)
      const of = parseNode(object['not'] as Json, { ...place, path: `${path}.not`, depth: depth + 1 })
      return of.kind === 'not' ? of.of : { kind: 'not', of }
    }
    default:
      return parseLeaf(object, place)
  }
}

function parseLeaf(object: JsonObject, { path, zone }: Place): Leaf {
  const parse = leafKindOfJson(object)?.parse
  if (parse === undefined) throw new Error('A form of a leaf is read by its kind.')
  return parse(object, { path, zone })
}

function formOf(object: JsonObject, path: string): string {
  const found = FORMS.filter((form) => Object.hasOwn(object, form))
  const [form] = found
  if (form !== undefined && found.length === 1) return form
  for (const later of LATER)
    if (Object.hasOwn(object, later))
      throw new ConditionError(`${path}.${later}`, `"${later}" is not available yet.`, 'not_available')
  if (found.length > 1)
    throw new ConditionError(
      `${path}.${found[1]}`,
      `One condition asks one thing: "${found.join('" and "')}" together need an "all" around them.`,
    )
  const [unknown] = Object.keys(object)
  throw new ConditionError(
    unknown === undefined ? path : `${path}.${unknown}`,
    `A condition needs one of ${FORMS.join(', ')}.`,
  )
}

function parseBranch(kind: 'all' | 'any', object: JsonObject, place: Place): Condition {
  const { path, depth } = place
  refuseOthers(object, [kind], path)
  const list = object[kind]
  if (!Array.isArray(list))
    throw new ConditionError(`${path}.${kind}`, `"${kind}" takes a list of conditions.`)
  if (list.length === 0)
    throw new ConditionError(`${path}.${kind}`, `"${kind}" needs at least one condition.`)
  const parts = new Map<string, Condition>()
  for (const [index, item] of list.entries()) {
    const part = parseNode(item, { ...place, path: `${path}.${kind}[${index}]`, depth: depth + 1 })
    // an all in an all, or an any in an any, adds nothing
    for (const each of part.kind === kind ? part.of : [part]) parts.set(canonicalText(each), each)
  }
  const of = [...parts.keys()].sort().map((text) => parts.get(text) as Condition)
  return of.length === 1 ? (of[0] as Condition) : { kind, of }
}
