import { expect, test } from 'vitest'
import { type CpuProfile, topByRoom, topBySelf, topByTotal } from './top-functions.ts'

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 9 })
const OURS = 'file:///x/packages/server/dist/a.js'

// outer calls inner, which calls outer once more
const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 5] },
    { id: 2, callFrame: frame('outer', OURS), children: [3] },
    { id: 3, callFrame: frame('inner', 'file:///x/node_modules/pg/b.js'), children: [4] },
    { id: 4, callFrame: frame('outer', OURS) },
    { id: 5, callFrame: frame('(idle)') },
  ],
  samples: [2, 3, 4, 5],
  timeDeltas: [1_000, 2_000, 3_000, 4_000],
}

test('self time is the time in a function without what it calls', () => {
  expect(topBySelf(profile, 3)).toEqual([
    { name: 'outer server/a.js:10', ms: 4, share: 0.4 },
    { name: '(idle)', ms: 4, share: 0.4 },
    { name: 'inner npm:pg/b.js:10', ms: 2, share: 0.2 },
  ])
})

test('total time counts a function that is inside itself once', () => {
  const ours = (url: string) => url.includes('/packages/')
  expect(topByTotal(profile, 5, ours)).toEqual([{ name: 'outer server/a.js:10', ms: 6, share: 0.6 }])
})

test('what a library spends counts for the room that called it', () => {
  const room = (url: string) => (url.includes('/packages/') ? 'server' : undefined)
  expect(topByRoom(profile, 5, room)).toEqual([
    { name: 'server', ms: 6, share: 0.6 },
    { name: '(idle)', ms: 4, share: 0.4 },
    { name: 'node and libraries, called by nobody of ours', ms: 0, share: 0 },
  ])
})
