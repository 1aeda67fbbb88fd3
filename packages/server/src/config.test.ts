import { expect, test } from 'vitest'
import { ConfigError, toConfig } from './config.ts'

test('everything has a default', () => {
  const config = toConfig({})
  expect(config).toMatchObject({
    port: 8080,
    host: '127.0.0.1',
    demo: true,
    rateLimits: true,
    lagMaxMs: 60_000,
    databaseUrl: undefined,
  })
  expect(config.dataDir.endsWith('/.affluent')).toBe(true)
  expect([...config.roles]).toEqual(['collect', 'walk', 'load', 'api'])
})

test.each([
  ['PORT', 'http'],
  ['PORT', '70000'],
  ['AFFLUENT_DEMO', 'maybe'],
  ['AFFLUENT_RATE_LIMITS', 'none'],
  ['AFFLUENT_LAG_MAX_SECONDS', '0'],
  ['AFFLUENT_LAG_MAX_SECONDS', '1.5'],
  ['AFFLUENT_LAG_MAX_SECONDS', 'a minute'],
  ['AFFLUENT_WRITE_KEY', 'short'],
  ['AFFLUENT_WRITE_KEY', 'with blank in it'],
  ['AFFLUENT_API_KEY', 'é'.repeat(20)],
  ['AFFLUENT_OWNER_EMAIL', 'nobody'],
  ['AFFLUENT_OWNER_PASSWORD', '1234567'],
  ['DATABASE_URL', 'mysql://x/y'],
  ['CLICKHOUSE_URL', 'not a url'],
  ['KAFKA_BROKERS', 'localhost:9092'],
  ['AFFLUENT_ROLES', 'collect,dance'],
  ['AFFLUENT_ALLOWED_PRIVATE_NETWORKS', '10.0.0.0'],
  ['AFFLUENT_TRUSTED_PROXIES', '10.0.0.1'],
  ['AFFLUENT_ALLOWED_HOSTS', 'https://cdp.example.com'],
  ['AFFLUENT_ALLOWED_HOSTS', 'cdp.example.com:8080'],
  ['AFFLUENT_LOG_LEVEL', 'loud'],
  ['AFFLUENT_SMTP_URL', 'smtp.example.com'],
  ['AFFLUENT_SMTP_URL', 'http://smtp.example.com'],
  ['AFFLUENT_SMTP_URL', 'smtp://user:%zz@smtp.example.com'],
  ['AFFLUENT_MAIL_FROM', 'nobody'],
  ['AFFLUENT_MAIL_FROM', 'a@example.com, b@example.com'],
  ['AFFLUENT_PUBLIC_URL', 'cdp.example.com'],
  ['AFFLUENT_PUBLIC_URL', 'https://cdp.example.com/?a=1'],
])('a wrong %s (%s) is refused in one line that names it', (name, value) => {
  const attempt = () => toConfig({ [name]: value })
  expect(attempt).toThrow(ConfigError)
  expect(attempt).toThrow(name)
})

test('the bound of the lag is a number of seconds, or none', () => {
  expect(toConfig({ AFFLUENT_LAG_MAX_SECONDS: '5' }).lagMaxMs).toBe(5_000)
  expect(toConfig({ AFFLUENT_LAG_MAX_SECONDS: 'off' }).lagMaxMs).toBeUndefined()
})

test('mail needs a sender, and to know where its links lead', () => {
  const smtp = { AFFLUENT_SMTP_URL: 'smtps://user:p%40ss@smtp.example.com:465' }
  expect(() => toConfig(smtp)).toThrow('AFFLUENT_MAIL_FROM')
  const from = { ...smtp, AFFLUENT_MAIL_FROM: 'Affluent <cdp@example.com>' }
  expect(toConfig(from).mail).toEqual({ url: smtp.AFFLUENT_SMTP_URL, from: 'Affluent <cdp@example.com>' })
  expect(() => toConfig({ ...from, HOST: '0.0.0.0' })).toThrow('AFFLUENT_PUBLIC_URL')
  const whole = { ...from, HOST: '0.0.0.0', AFFLUENT_PUBLIC_URL: 'https://cdp.example.com/' }
  expect(toConfig(whole).publicUrl).toBe('https://cdp.example.com')
  const leaking = { AFFLUENT_SMTP_URL: 'smtp//user:hunter2@smtp.example.com' }
  expect(() => toConfig(leaking)).not.toThrow('hunter2')
})

test('empty variables count as absent', () => {
  expect(toConfig({ PORT: '', DATABASE_URL: ' ', AFFLUENT_ROLES: '' })).toEqual(toConfig({}))
})
