import { expect, test } from 'vitest'
import { HELP, ROWS, readOptions } from './options.ts'

test('without options every row runs at the size that the contract names', () => {
  const options = readOptions([])
  expect([...(options?.only ?? [])]).toEqual([...ROWS])
  expect(options).toMatchObject({
    ...{ profiles: 1_000_000, people: 50_000, audiences: 5, events: 10_000_000, timers: 100_000 },
    seconds: undefined,
  })
})

test('rows and sizes are taken from the command line', () => {
  const args = '--only audience,latency --events 20000 --audiences 0 --timers 0 --profiles 5000 --seconds 3'
  const options = readOptions(args.split(' '))
  expect([...(options?.only ?? [])]).toEqual(['audience', 'latency'])
  expect(options).toMatchObject({ events: 20_000, audiences: 0, timers: 0, profiles: 5_000, seconds: 3 })
})

test('what cannot be read is refused in one line that names the option', () => {
  const refused = (args: string) => () => readOptions(args.split(' '))
  expect(refused('--only audiences')).toThrow('"audiences" is none of them')
  expect(refused('--audiences 2.5')).toThrow(
    '--audiences takes a whole number from 0 to 1990; "2.5" is none.',
  )
  expect(refused('--audiences 1991')).toThrow('--audiences')
  expect(refused('--timers many')).toThrow('--timers')
  expect(refused('--events 0')).toThrow('--events takes a number above 0')
})

test('another commit or another collector is named on the command line', () => {
  expect(readOptions(['--compare', 'abc1234'])?.compare).toEqual({ commit: 'abc1234', pairs: 5 })
  const peer = readOptions(['--peer', 'http://127.0.0.1:8080/v1/batch', '--peer-key', 'k'])?.peer
  expect(peer).toEqual({ url: 'http://127.0.0.1:8080/v1/batch', writeKey: 'k' })
  expect(() => readOptions(['--peer', '127.0.0.1:8080'])).toThrow('--peer takes the address of batches')
})

test('--help tells every row and asks for nothing', () => {
  expect(readOptions(['--help'])).toBeUndefined()
  for (const row of ROWS) expect(HELP).toContain(row)
})
