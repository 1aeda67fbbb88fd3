import { expect, test } from 'vitest'
import { curlOfRequest } from './curl-of-request.ts'

test('a request is a command that a shell takes word by word, whatever the body holds', () => {
  const request = {
    ...{ method: 'POST', url: 'https://example.com/a?b=c&d', headers: { 'webhook-id': 'msg_1' } },
    body: `{"name":"O'Hara $HOME"}`,
  }
  expect(curlOfRequest(request)).toBe(
    [
      "curl -X POST 'https://example.com/a?b=c&d'",
      "-H 'webhook-id: msg_1'",
      // a quotation mark ends the text, stands alone, and begins it again
      `--data-binary '{"name":"O'\\''Hara $HOME"}'`,
    ].join(' \\\n  '),
  )
})
