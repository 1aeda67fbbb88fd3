// Posts one request again and again through undici, on as many sockets as the server has for a destination, and does
// nothing else.
import { Agent, request } from 'undici'
import type { BareRequest } from './bare-sender.ts'

process.on('message', async ({ url, headers, body, sockets, seconds }: BareRequest) => {
  const dispatcher = new Agent({ connections: sockets, pipelining: 1 })
  const end = performance.now() + seconds * 1_000
  let requests = 0
  const send = async () => {
    while (performance.now() < end) {
      const answer = await request(url, { dispatcher, method: 'POST', headers, body })
      await answer.body.dump()
      requests++
    }
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: sockets }, send))
  process.send?.(requests / ((performance.now() - began) / 1_000))
})
process.on('disconnect', () => process.exit(0))
