import type { AskedType, EachTest, PropertyTest } from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { CONDITION_WHERE_MAX } from '@affluent/protocol/limits'
import { canonicalText } from './canonical-text.ts'
import { ConditionError } from './condition-error.ts'
import { type PathRoot, parsePath } from './parse-path.ts'
import { parseValueTest, VALUE_TEST_KEYS } from './parse-value-test.ts'
import { asObject, readText, refuseOthers } from './read-json.ts'

/** Where tests stand, and what they are about. */
interface WherePlace {
  readonly path: string
  readonly root: PathRoot
  /** IANA name, in which days without a time begin and end */
  readonly zone: string
  /** whether an answer may change by time alone: a trait's may, a past event's may not */
  readonly timeMoves: boolean
}

/**
 * Reads the `where` of an event: property tests and, for lists, `{"each","where"}`.
 * @throws ConditionError
 */
export function parseWhere(
  json: Json | undefined,
  path: string,
  type: AskedType,
  zone: string,
): (PropertyTest | EachTest)[] {
  if (json === undefined) return []
  return parseTests(json, path, (test, at) => {
    const place = { path: at, root: type, zone, timeMoves: false }
    return Object.hasOwn(test, 'each') ? parseEach(test, place) : parseProperty(test, place)
  })
}

/**
 * Reads `{"each":"products[]","where":[...]}`: the tests are about one element.
 * @throws ConditionError
 */
export function parseEach(object: JsonObject, { path, root, zone, timeMoves }: WherePlace): EachTest {
  refuseOthers(object, ['each', 'where'], path)
  const each = parsePath(readText(object, 'each', path), root, `${path}.each`)
  const where = parseTests(object['where'] ?? null, path, (test, at) => {
    if (Object.hasOwn(test, 'each'))
      throw new ConditionError(
        `${at}.each`,
        'An "each" has tests of properties in it: for lists in lists write one path, such as "orders[].lines[]".',
      )
    return parseProperty(test, { path: at, root: 'element', zone, timeMoves })
  })
  if (where.length === 0)
    throw new ConditionError(`${path}.where`, '"each" needs at least one test of an element.')
  return { each: each.endsWith('[]') ? each : `${each}[]`, where }
}

function parseProperty(object: JsonObject, { path, root, zone, timeMoves }: WherePlace): PropertyTest {
  refuseOthers(object, ['property', ...VALUE_TEST_KEYS], path)
  return {
    property: parsePath(readText(object, 'property', path), root, `${path}.property`),
    ...parseValueTest(object, { path, zone, timeMoves }),
  }
}

function parseTests<Test>(json: Json, path: string, parse: (test: JsonObject, at: string) => Test): Test[] {
  if (!Array.isArray(json))
    throw new ConditionError(`${path}.where`, '"where" takes a list of property tests.')
  if (json.length > CONDITION_WHERE_MAX)
    throw new ConditionError(`${path}.where`, `"where" takes ${CONDITION_WHERE_MAX} tests at most.`)
  const tests = new Map<string, Test>()
  for (const [index, item] of json.entries()) {
    const at = `${path}.where[${index}]`
    const parsed = parse(asObject(item, at, 'A property test is {"property","op","value"}.'), at)
    tests.set(canonicalText(parsed), parsed)
  }
  return [...tests.keys()].sort().map((text) => tests.get(text) as Test)
}
