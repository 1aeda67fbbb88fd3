import { canonicalText } from '@affluent/core/condition/canonical-text'
import { formatCondition } from '@affluent/core/condition/format-condition'
import { parseCondition } from '@affluent/core/condition/parse-condition'
import type { Condition } from '@affluent/protocol/condition'
import type { WhyAnswer } from '@affluent/protocol/endpoints/profiles'
import type { Json, JsonObject } from '@affluent/protocol/event'

/** One leaf of a condition with the person's answer. */
export interface WhyLeaf {
  readonly kind: 'leaf'
  readonly leaf: JsonObject
  /** undefined: not told. */
  readonly holds: boolean | undefined
  /** Answered by ClickHouse, a moment ago. */
  readonly isCold: boolean
  readonly because: Readonly<Record<string, unknown>>
}

/** A condition as it is built, with the person's answer at every place. */
export type WhyNode =
  | WhyLeaf
  | {
      readonly kind: 'all' | 'any' | 'not'
      readonly holds: boolean | undefined
      readonly of: readonly WhyNode[]
    }

type Answered = WhyAnswer['leaves'][number]

/**
 * The answers in the order in which the condition asks: the population first.
 * @param condition as the audience has it
 * @param isMember whether the person is in another audience
 * @param zone of dates without a time
 */
export function whyTree(
  condition: unknown,
  { leaves }: Pick<WhyAnswer, 'leaves'>,
  isMember: (audience: string) => boolean,
  zone: string,
): WhyNode {
  const answers = new Map(leaves.map((answer) => [canonicalText(answer.leaf), answer]))
  const population = leaves.filter(({ leaf }) => 'population' in (leaf as object)).map(toLeaf)
  const tree = readTree(condition, zone, answers, isMember)
  // Read otherwise than the server reads it: what it answered is still worth telling, one leaf after the other.
  const said = tree === undefined ? leaves.map(toLeaf) : [...population, tree]
  const [only] = said
  return said.length === 1 && only !== undefined ? only : group('all', said.flatMap(flattened))
}

function readTree(
  condition: unknown,
  zone: string,
  answers: ReadonlyMap<string, Answered>,
  isMember: (audience: string) => boolean,
): WhyNode | undefined {
  let isWhole = true
  const nodeOf = (part: Condition): WhyNode => {
    if (part.kind === 'all' || part.kind === 'any') return group(part.kind, part.of.map(nodeOf))
    if (part.kind === 'not') return group('not', [nodeOf(part.of)])
    const leaf = formatCondition(part)
    if (part.kind === 'audience')
      return { kind: 'leaf', leaf, holds: isMember(part.key), isCold: false, because: {} }
    const answer = answers.get(canonicalText(leaf))
    if (answer === undefined) isWhole = false
    return answer === undefined
      ? { kind: 'leaf', leaf, holds: undefined, isCold: false, because: {} }
      : toLeaf(answer)
  }
  try {
    const tree = nodeOf(parseCondition(condition as Json, zone))
    return isWhole ? tree : undefined
  } catch {
    return undefined
  }
}

function toLeaf({ leaf, holds, cold, because }: Answered): WhyLeaf {
  return { kind: 'leaf', leaf: leaf as JsonObject, holds, isCold: cold, because }
}

function group(kind: 'all' | 'any' | 'not', of: readonly WhyNode[]): WhyNode {
  return { kind, holds: holdsOf(kind, of), of }
}

/** All of all is one all. */
function flattened(node: WhyNode): readonly WhyNode[] {
  return node.kind === 'all' ? node.of : [node]
}

function holdsOf(kind: 'all' | 'any' | 'not', of: readonly WhyNode[]): boolean | undefined {
  const answers = of.map(({ holds }) => holds)
  if (kind === 'not') return answers[0] === undefined ? undefined : !answers[0]
  const decisive = kind === 'any'
  if (answers.includes(decisive)) return decisive
  return answers.includes(undefined) ? undefined : !decisive
}
