import { expect, test } from 'vitest'
import { describeStart } from './describe-start.ts'

const URL = 'http://127.0.0.1:8080'
const CONFIG = { dataDir: '/data' }
const newOwner = { email: 'owner@localhost', password: 'kalo-rumi-tefa-bosu-nive' }

test('the first start shows the keys that it made, once', () => {
  const made = { writeKey: 'affluent_wk_made', apiKey: 'affluent_ak_made' }
  const text = describeStart(URL, { keys: { made, dead: [] }, newOwner }, CONFIG)
  for (const part of ['affluent_wk_made', 'affluent_ak_made', newOwner.password, 'curl'])
    expect(text).toContain(part)
})

test('keys and a password that the operator gave are named and not said', () => {
  const keys = { made: {}, dead: [] }
  const text = describeStart(URL, { keys, newOwner: { ...newOwner, password: undefined } }, CONFIG)
  for (const name of ['AFFLUENT_WRITE_KEY', 'AFFLUENT_API_KEY', 'AFFLUENT_OWNER_PASSWORD'])
    expect(text).toContain(name)
  expect(text).toContain('-u "$AFFLUENT_WRITE_KEY:"')
  expect(text).toContain('Bearer $AFFLUENT_API_KEY')
})

test('a later start is one line, and says which fixed key is good no more', () => {
  const later = { newOwner: undefined }
  expect(
    describeStart(URL, { keys: { made: undefined, dead: [] }, ...later }, CONFIG).split('\n'),
  ).toHaveLength(1)
  const text = describeStart(URL, { keys: { made: undefined, dead: ['AFFLUENT_API_KEY'] }, ...later }, CONFIG)
  expect(text).toContain('AFFLUENT_API_KEY holds a key that was revoked')
})
