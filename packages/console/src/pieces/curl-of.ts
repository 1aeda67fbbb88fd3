import type { Request } from '../api/request.ts'

/** A request of the console as a cURL command with an API key. */
export function curlOf({ method = 'GET', path, body }: Request, origin: string): string {
  const lines = [`curl ${method === 'GET' ? '' : `-X ${method} `}${quoted(origin + path)}`]
  lines.push('-H "Authorization: Bearer $AFFLUENT_API_KEY"')
  if (body !== undefined)
    lines.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body))}`)
  return lines.join(' \\\n  ')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
