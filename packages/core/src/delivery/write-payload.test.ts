import { PAYLOAD_CHARS_MAX } from '@affluent/protocol/limits'
import { expect, test } from 'vitest'
import { traitsBy } from './mapping.ts'
import { checkRequired, writePayload } from './write-payload.ts'

const TRAITS = traitsBy((name) => ({ address: { city: 'Lyon' }, pets: [{ name: 'Rex' }] })[name])
const EVENT = { type: 'track', userId: 'u', properties: { total: 5 } }

test('fields come from the event, from traits of the person, or are always the same', () => {
  const fields = {
    city: { trait: 'address.city' },
    pets: { trait: 'pets[].name' },
    total: { path: 'properties.total' },
    from: { value: 'shop' },
    zip: { trait: 'address.zip' },
  }
  expect(writePayload({ mapping: { fields }, required: [] }, EVENT, TRAITS)).toMatchObject({
    payload: { city: 'Lyon', pets: ['Rex'], total: 5, from: 'shop' },
    lacking: ['zip'],
    held: undefined,
  })
})

test('what says nothing is held, and so is what lacks a required field', () => {
  const none = { mapping: { fields: { email: { trait: 'email' } } }, required: [] }
  expect(writePayload(none, EVENT, TRAITS)).toMatchObject({ body: '{}', held: 'payload_empty' })
  const fields = { email: { trait: 'email' }, from: { value: 'shop' } }
  const lacking = { mapping: { fields }, required: ['email'] }
  expect(writePayload(lacking, EVENT, TRAITS).held).toBe('required_missing')
  expect(writePayload({ mapping: undefined, required: ['properties.total'] }, EVENT, TRAITS).held).toBe(
    undefined,
  )
  expect(writePayload({ mapping: undefined, required: ['properties.tax'] }, EVENT, TRAITS).held).toBe(
    'required_missing',
  )
})

test('a payload one character too large is held and not kept', () => {
  const value = (length: number) => ({ mapping: { fields: { a: { path: 'text' } } }, required: [], length })
  const frame = JSON.stringify({ a: '' }).length
  const fits = 'x'.repeat(PAYLOAD_CHARS_MAX - frame)
  expect(writePayload(value(0), { text: fits }, TRAITS).held).toBe(undefined)
  expect(writePayload(value(0), { text: `${fits}x` }, TRAITS)).toMatchObject({
    body: '',
    held: 'payload_too_large',
  })
})

test('only what there is can be required', () => {
  const mapping = { fields: { a: { value: 1 } } }
  checkRequired({ mapping, required: ['a'] })
  checkRequired({ mapping: undefined, required: ['properties.total'] })
  expect(() => checkRequired({ mapping, required: ['a', 'b'] })).toThrow('no field "b"')
  expect(() => checkRequired({ mapping: undefined, required: ['.x'] })).toThrow('no path')
})
