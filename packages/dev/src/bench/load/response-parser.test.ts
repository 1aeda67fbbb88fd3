import { expect, test } from 'vitest'
import { headerOf, ResponseParser } from './response-parser.ts'

interface Seen {
  readonly status: number
  readonly body: string
}

function parse(chunks: readonly string[]): Seen[] {
  const seen: Seen[] = []
  const parser = new ResponseParser(({ status, body }) => seen.push({ status, body: body.toString() }))
  for (const chunk of chunks) {
    const bytes = Buffer.from(chunk)
    parser.push(bytes)
    // the connection reads into the same bytes again
    bytes.fill(0)
  }
  return seen
}

const TAKEN = 'HTTP/1.1 200 OK\r\nContent-Length: 16\r\naffluent-position: 12\r\n\r\n{"success":true}'
const CHUNKED = [
  'HTTP/1.1 503 Service Unavailable',
  'transfer-encoding: chunked',
  '',
  ...['4', 'wait', '6', ' a bit', '0', '', ''],
].join('\r\n')

test('an answer in one piece is read', () => {
  expect(parse([TAKEN])).toEqual([{ status: 200, body: '{"success":true}' }])
})

test('an answer without a body is read', () => {
  expect(parse(['HTTP/1.1 204 No Content\r\nVary: Origin\r\n\r\n'])).toEqual([{ status: 204, body: '' }])
  expect(parse(['HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'])).toEqual([{ status: 200, body: '' }])
})

test('an answer in chunks is read', () => {
  expect(parse([CHUNKED])).toEqual([{ status: 503, body: 'wait a bit' }])
})

test('answers are the same wherever the pieces are cut', () => {
  const text = TAKEN + CHUNKED + TAKEN
  const whole = parse([text])
  expect(whole).toHaveLength(3)
  for (let cut = 1; cut < text.length; cut++)
    expect(parse([text.slice(0, cut), text.slice(cut)])).toEqual(whole)
  expect(parse([...text])).toEqual(whole)
})

test('a header is found whatever its case, and one that is absent is not', () => {
  const head = 'HTTP/1.1 200 OK\r\nAffluent-Position:  77\r\nVary: Origin'
  expect(headerOf(head, 'affluent-position')).toBe('77')
  expect(headerOf(head, 'vary')).toBe('Origin')
  expect(headerOf(head, 'position')).toBeUndefined()
})

test('an answer without a length is an error', () => {
  expect(() => parse(['HTTP/1.1 200 OK\r\n\r\nrest'])).toThrow('without a length')
})
