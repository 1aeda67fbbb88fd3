import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { IdFilter } from './id-filter.ts'

const idOf = (text: string) => createHash('md5').update(text).digest('hex')

test('never forgets an id, and is seldom wrong about a new one', () => {
  const filter = new IdFilter()
  for (let index = 0; index < 300_000; index++) filter.add(idOf(`seen ${index}`))
  for (let index = 0; index < 300_000; index += 7) expect(filter.mayContain(idOf(`seen ${index}`))).toBe(true)
  let wrong = 0
  for (let index = 0; index < 20_000; index++) if (filter.mayContain(idOf(`new ${index}`))) wrong++
  expect(wrong).toBeLessThan(400)
  expect(filter.bytes).toBeLessThan(300_000 * 4)
})
