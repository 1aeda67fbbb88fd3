import { expect, test } from 'vitest'
import { sign } from './sign.ts'

// the example of the Standard Webhooks specification
test('the signature of the specification comes out', () => {
  const message = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: 1_614_265_330,
    body: '{"test": 2432232314}',
  }
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  expect(sign(message, secret)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  expect(sign(message, secret.slice('whsec_'.length))).toBe(sign(message, secret))
})
