/** The head of a POST of JSON. */
export function postHead(path: string, writeKey: string, length: number): string {
  const authorization = Buffer.from(`${writeKey}:`).toString('base64')
  return (
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic ${authorization}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`
  )
}

/** A GET. */
export function getRequest(path: string, apiKey: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${apiKey}\r\n\r\n`
}
