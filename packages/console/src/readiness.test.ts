import { expect, test } from 'vitest'
import { askReadiness } from './readiness.ts'

test('the answer of /readyz is told from no answer', async () => {
  const asked: string[] = []
  const answering = (ok: boolean) => async (path: string) => {
    asked.push(path)
    return { ok }
  }
  const silent = () => Promise.reject(new TypeError('fetch failed'))
  expect(await askReadiness(answering(true))).toBe('ready')
  expect(await askReadiness(answering(false))).toBe('not_ready')
  expect(await askReadiness(silent)).toBe('unreachable')
  expect(asked).toEqual(['/readyz', '/readyz'])
})
