import type { BucketLeaf } from '@affluent/protocol/condition'
import type { JsonObject } from '@affluent/protocol/event'
import { bucketOf } from '../bucket.ts'
import { ConditionError } from '../condition-error.ts'
import { asObject, readText, refuseOthers } from '../read-json.ts'
import { type LeafKind, still } from './leaf-kind.ts'

/** A stable share of all profiles, in percent. */
export const bucketLeaf: LeafKind<BucketLeaf> = {
  form: 'bucket',
  example: { bucket: { seed: 'spring', from: 0, to: 10 } },
  parse: (object, { path }) => {
    refuseOthers(object, ['bucket'], path)
    const bucket = asObject(object['bucket'], `${path}.bucket`, 'A bucket is {"seed","from","to"}.')
    refuseOthers(bucket, ['seed', 'from', 'to'], `${path}.bucket`)
    const from = readPercent(bucket, 'from', path)
    const to = readPercent(bucket, 'to', path)
    if (to < from) throw new ConditionError(`${path}.bucket.to`, '"to" must not be below "from".')
    return { kind: 'bucket', seed: readText(bucket, 'seed', `${path}.bucket`), from, to }
  },
  format: ({ seed, from, to }) => ({ bucket: { seed, from, to } }),
  compile: ({ seed, from, to }) =>
    still(({ profile }) => {
      const place = bucketOf(seed, profile)
      return place >= from && place < to
    }),
  ofNobody: () => 'maybe',
  sql: ({ seed, from, to }, { params, owner }) => {
    const place = `murmurHash3_32(concat(${params.text(`${seed}:`)}, toString(${owner}))) / 4294967296. * 100.`
    return `${place} >= ${params.float(from)} and ${place} < ${params.float(to)}`
  },
  why: ({ seed }, { profile }) => ({ kind: 'facts', facts: { place: bucketOf(seed, profile) } }),
}

function readPercent(object: JsonObject, key: string, path: string): number {
  const percent = object[key]
  if (typeof percent === 'number' && percent >= 0 && percent <= 100) return percent
  throw new ConditionError(`${path}.bucket.${key}`, `"${key}" is a share in percent, from 0 to 100.`)
}
