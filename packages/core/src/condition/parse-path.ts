import type { AskedType } from '@affluent/protocol/condition'
import { ARRAY_ITEMS_MAX } from '@affluent/protocol/limits'
import { nameInPath } from '../event/flatten-properties.ts'
import { ConditionError } from './condition-error.ts'
import { isPath, type Step, stepsOf } from './value-path.ts'

/** Where a path begins: at the traits of a person, at what a call of a type says, or at an element of a list. */
export type PathRoot = 'person' | 'element' | AskedType

/** The part of a call that is asked beside what it says itself. */
const CONTEXT = 'context.'
const CONTEXT_NAME = 'context'

/** What others write before a path, by where it begins; it is left out. */
const PREFIXES: Readonly<Record<PathRoot, readonly string[]>> = {
  person: ['$', 'traits'],
  element: ['$'],
  track: ['$', 'properties'],
  page: ['$', 'properties'],
  screen: ['$', 'properties'],
  identify: ['$', 'traits'],
  group: ['$', 'traits'],
}
const PLACE = /^\d{1,3}$/

/**
 * Reads a path in the notation of conditions, and in others where they mean the same: `$.a`, `properties.a`,
 * `traits.a`, `items[*].sku`.
 * @param at where the path stands in the condition
 * @returns its canonical form: a name that another notation would take for something else has a backslash before it
 * @throws ConditionError with the right form
 */
export function parsePath(text: string, root: PathRoot, at: string): string {
  const plain = withoutPrefixes(text, root)
  const path = readBrackets(plain, at)
  if (!isPath(path))
    throw new ConditionError(at, 'A name or a path is needed here, such as "address.city" or "items[].sku".')
  const steps = stepsOf(path)
  checkPlaces(path, at)
  const isOfContext = asksContext(root) && path.startsWith(CONTEXT)
  return writePath(steps, root, isOfContext)
}

/** Whether a path of an event, in canonical form, begins at the context of the call. */
export function isContextPath(path: string): boolean {
  return path.startsWith(CONTEXT)
}

/** The path of one name, as conditions write it. */
export function pathOfName(name: string, root: PathRoot): string {
  return writePath([{ key: name, each: 0 }], root, false)
}

function asksContext(root: PathRoot): boolean {
  return root !== 'person' && root !== 'element'
}

function withoutPrefixes(text: string, root: PathRoot): string {
  let rest = text
  for (const prefix of PREFIXES[root]) if (rest.startsWith(`${prefix}.`)) rest = rest.slice(prefix.length + 1)
  return rest
}

/** `[*]` becomes `[]`; what else may stand in brackets is no part of the notation. */
function readBrackets(text: string, at: string): string {
  let path = ''
  for (let index = 0; index < text.length; index++) {
    const character = text[index] as string
    if (character === '\\') path += character + (text[++index] ?? '')
    else if (character !== '[') path += character
    else {
      const [brackets] = /^\[\*?\](?=$|[.[])/.exec(text.slice(index)) ?? []
      if (brackets === undefined) throw bracketFault(text, at)
      path += '[]'
      index += brackets.length - 1
    }
  }
  return path
}

function bracketFault(text: string, at: string): ConditionError {
  const right = text
    .replace(/\[['"]([^'"\]]*)['"]\]/g, '.$1')
    .replace(/\[[^\]]*\]?\.?/g, '[].')
    .replace(/\.$/, '')
  return new ConditionError(
    at,
    `Brackets are written "[]" and mean any element, such as "${right}"; one that is part of a name has a backslash before it: "${text.replaceAll('[', '\\[')}".`,
  )
}

/** `items.0.sku` is how others write the first element. */
function checkPlaces(path: string, at: string): void {
  const names = path.split(/(?<!\\)\./)
  const place = names.findIndex(
    (name, index) => index > 0 && PLACE.test(name) && Number(name) < ARRAY_ITEMS_MAX,
  )
  if (place < 0) return
  const asList = names.filter((_, index) => index !== place)
  asList[place - 1] += '[]'
  const asName = names.with(place, `\\${names[place]}`)
  throw new ConditionError(
    at,
    `Elements have no places here: write "${asList.join('.')}" for any element, or "${asName.join('.')}" if ${names[place]} is a name.`,
  )
}

function writePath(steps: readonly Step[], root: PathRoot, isOfContext: boolean): string {
  const names = steps.map(({ key, each }, index) => {
    const name = nameInPath(key) + '[]'.repeat(each)
    return index > 0 && PLACE.test(name) ? `\\${name}` : name
  })
  const path = names.join('.')
  if (isOfContext) return path
  const taken = [...PREFIXES[root], ...(asksContext(root) ? [CONTEXT_NAME] : [])]
  return taken.some((word) => path.startsWith(`${word}.`)) ? `\\${path}` : path
}
