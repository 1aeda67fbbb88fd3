import type { MemberAnswer } from '@affluent/protocol/endpoints/members'
import { expect, test } from 'vitest'
import { dayOf, endOf, endOfDay, grantable, isLastOwner } from './standing.ts'

const OWNER: MemberAnswer = {
  id: 'mem_1',
  email: 'ada@example.com',
  name: 'Ada',
  role: 'owner',
  until: null,
  state: 'active',
  invitedUntil: null,
  createdAt: '2026-10-01T09:30:00.000Z',
  isYou: true,
}
const END = '2027-01-31T10:00:00.000Z'

test('the last owner is the only one who has accepted and has no end', () => {
  const second = { ...OWNER, id: 'mem_2' }
  expect(isLastOwner(OWNER, [OWNER])).toBe(true)
  expect(isLastOwner(OWNER, [OWNER, second])).toBe(false)
  expect(isLastOwner(OWNER, [OWNER, { ...second, until: END }])).toBe(true)
  expect(isLastOwner(OWNER, [OWNER, { ...second, state: 'invited' }])).toBe(true)
  expect(isLastOwner({ ...OWNER, role: 'admin' }, [OWNER])).toBe(false)
})

test('nobody can give a role that may do more than their own', () => {
  expect(grantable(OWNER)).toContain('owner')
  expect(grantable({ role: 'admin', until: null })).not.toContain('owner')
  expect(grantable({ role: 'admin', until: null })).toContain('admin')
  expect(grantable({ role: 'viewer', until: null })).toEqual(['viewer'])
})

test('a role lasts through its last day; a day that stays leaves the moment as it was', () => {
  expect(endOf('', END, null)).toBeNull()
  expect(endOf(dayOf(END), END, null)).toBe(END)
  expect(endOf('2027-02-01', END, null)).toBe(endOfDay('2027-02-01').toISOString())
  expect(dayOf(endOfDay('2027-02-01').toISOString())).toBe('2027-02-01')
})

test('what is given until the last day of who gives it ends with theirs', () => {
  expect(endOf(dayOf(END), null, END)).toBe(END)
})
