import { DEFAULT_IDENTITY_RULES } from '@affluent/core/identity/namespaces'
import { EVENT_TYPES } from '@affluent/protocol/event'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeFrame, encodeCommand, encodeFrame, type LogRequest } from './log-frame.ts'

const request: fc.Arbitrary<LogRequest> = fc.record({
  source: fc.nat(),
  receivedAt: fc.nat(),
  sentAt: fc.option(fc.nat(), { nil: undefined }),
  shared: fc.option(fc.dictionary(fc.string(), fc.string()), { nil: undefined }),
  history: fc.boolean(),
  timesAsGiven: fc.boolean(),
  ip: fc.ipV4(),
  events: fc.array(
    fc.record({
      type: fc.constantFrom(...EVENT_TYPES),
      raw: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    }),
  ),
})

test('property: a frame gives back the requests it was made of', () => {
  fc.assert(
    fc.property(fc.array(request), (requests) => {
      const decoded = decodeFrame(encodeFrame(requests))
      expect(decoded).toEqual({ kind: 'events', requests: JSON.parse(JSON.stringify(requests), revive) })
    }),
  )
})

test('a frame gives back the command it was made of', () => {
  const command = {
    kind: 'set_identity_rules' as const,
    at: 1,
    change: { otherwise: DEFAULT_IDENTITY_RULES.otherwise },
  }
  expect(decodeFrame(encodeCommand(command))).toEqual({ kind: 'command', command })
})

test('a frame of another format is refused by name', () => {
  expect(() => decodeFrame(Buffer.from([9]))).toThrow('format 9')
})

function revive(_: string, value: unknown): unknown {
  const bytes = value as { type?: string; data?: number[] } | null
  if (typeof bytes === 'object' && bytes?.type === 'Buffer') return Buffer.from(bytes.data ?? [])
  if (typeof value === 'object' && value !== null && 'receivedAt' in value) {
    return { sentAt: undefined, shared: undefined, ...value }
  }
  return value
}
