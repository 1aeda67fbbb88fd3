import type { AudienceLeaf } from '@affluent/protocol/condition'
import { readText, refuseOthers } from '../read-json.ts'
import type { LeafKind } from './leaf-kind.ts'

/** Member of another audience: replaced by that audience's own condition before anybody is asked. */
export const audienceLeaf: LeafKind<AudienceLeaf> = {
  form: 'audience',
  example: { audience: 'vip' },
  parse: (object, { path }) => {
    refuseOthers(object, ['audience'], path)
    return { kind: 'audience', key: readText(object, 'audience', path) }
  },
  format: ({ key }) => ({ audience: key }),
  compile: notReplaced,
  ofNobody: () => 'no',
  sql: notReplaced,
  why: () => ({ kind: 'nothing' }),
}

function notReplaced({ key }: AudienceLeaf): never {
  throw new Error(`The audience "${key}" was not replaced by its condition.`)
}
