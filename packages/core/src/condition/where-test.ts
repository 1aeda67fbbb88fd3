import type { EachTest, PropertyTest } from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { isContextPath } from './parse-path.ts'
import { valuesAt } from './value-path.ts'
import { type CompiledTest, compileTest } from './value-test.ts'

/** What conditions read of an event. */
export interface AskedEvent {
  /** what the call says itself, as far as ClickHouse keeps it by path */
  readonly properties: JsonObject | undefined
  /** the same, all of it: what is asked of one element, ClickHouse reads from the raw event */
  readonly whole: JsonObject | undefined
  readonly context: Json | undefined
}

/** @returns whether an event passes all tests of a `where` */
export function compileWhere(
  where: readonly (PropertyTest | EachTest)[],
  zone: string,
): (event: AskedEvent) => boolean {
  const tests = where.map((test) => ('each' in test ? eachOfEvent(test, zone) : oneOfEvent(test, zone)))
  return (event) => tests.every((test) => test(event))
}

/** The values at a path of an event: none, one, or those of any element. */
export function valuesOfEvent(event: AskedEvent, path: string): Json[] {
  return valuesAt(isContextPath(path) ? contextOf(event) : event.properties, path)
}

/** Makes tests askable that must all hold for the same of several elements. */
export function compileEach({ where }: EachTest, zone: string): CompiledTest {
  const tests = where.map((test) => ({ property: test.property, test: compileTest(test, zone) }))
  return {
    holds: (elements, now) =>
      elements.some((element) =>
        tests.every(({ property, test }) => test.holds(valuesAt(element, property), now)),
      ),
    turnsAt: (elements, now) => {
      let earliest = Number.POSITIVE_INFINITY
      for (const element of elements)
        for (const { property, test } of tests)
          earliest = Math.min(earliest, test.turnsAt(valuesAt(element, property), now))
      return earliest
    },
  }
}

function oneOfEvent(test: PropertyTest, zone: string): (event: AskedEvent) => boolean {
  const compiled = compileTest(test, zone)
  const { property } = test
  // the time at which properties are asked does not matter: none of their ops moves
  if (isContextPath(property)) return (event) => compiled.holds(valuesAt(contextOf(event), property), 0)
  return ({ properties }) => compiled.holds(valuesAt(properties, property), 0)
}

function eachOfEvent(test: EachTest, zone: string): (event: AskedEvent) => boolean {
  const compiled = compileEach(test, zone)
  const { each } = test
  return (event) => compiled.holds(valuesAt(isContextPath(each) ? contextOf(event) : event.whole, each), 0)
}

function contextOf({ context }: AskedEvent): JsonObject | undefined {
  return context === undefined ? undefined : { context }
}
