import { expect, test } from 'vitest'
import { curlOf } from './curl-of.ts'

test('a reading request is one line with a key', () => {
  expect(curlOf({ path: '/v1/sources' }, 'http://127.0.0.1:8080')).toBe(
    'curl \'http://127.0.0.1:8080/v1/sources\' \\\n  -H "Authorization: Bearer $AFFLUENT_API_KEY"',
  )
})

test('quotes in the body do not end the quote of the shell', () => {
  const command = curlOf({ method: 'POST', path: '/v1/sources', body: { name: "L'été $HOME" } }, 'http://h')
  expect(command.split('\n')).toEqual([
    "curl -X POST 'http://h/v1/sources' \\",
    '  -H "Authorization: Bearer $AFFLUENT_API_KEY" \\',
    "  -H 'Content-Type: application/json' \\",
    `  -d '{"name":"L'\\''été $HOME"}'`,
  ])
})
