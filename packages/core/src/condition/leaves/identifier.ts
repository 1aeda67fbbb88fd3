import type { IdentifierLeaf } from '@affluent/protocol/condition'
import { ConditionError } from '../condition-error.ts'
import { readText, refuseOthers } from '../read-json.ts'
import { type Evidence, type LeafKind, still, type WhySubject } from './leaf-kind.ts'

/** Whether a person has an identifier of a namespace. */
export const identifierLeaf: LeafKind<IdentifierLeaf> = {
  form: 'identifier',
  example: { identifier: 'email', op: 'exists' },
  parse: (object, { path }) => {
    refuseOthers(object, ['identifier', 'op'], path)
    const op = object['op']
    if (op !== 'exists' && op !== 'not_exists')
      throw new ConditionError(`${path}.op`, '"op" of an identifier is "exists" or "not_exists".')
    return { kind: 'identifier', namespace: readText(object, 'identifier', path), op }
  },
  format: ({ namespace, op }) => ({ identifier: namespace, op }),
  compile: ({ namespace, op }) => still((subject) => subject.hasIdentifier(namespace) === (op === 'exists')),
  ofNobody: ({ op }) => (op === 'exists' ? 'no' : 'yes'),
  sql: ({ namespace, op }, facts) => `${facts.hasIdentifier(namespace)} = ${op === 'exists' ? 1 : 0}`,
  names: ({ identifier }, path, names) => {
    const name = String(identifier)
    const probe = { identifier: name, op: 'exists' }
    names.push({ kind: 'identifier', path: `${path}.identifier`, name, under: undefined, probe })
  },
  why: (_, person) => namespacesOf(person),
}

/** The namespaces of a person's identifiers, as what decided an answer. */
export function namespacesOf({ namespaces }: WhySubject): Evidence {
  return { kind: 'facts', facts: { namespaces: [...namespaces].sort() } }
}
