import { expect, test } from 'vitest'
import { ConfigError, toConfig } from './config.ts'

test('everything has a default', () => {
  const config = toConfig({})
  expect(config).toMatchObject({
    port: 8080,
    host: '127.0.0.1',
    demo: true,
    rateLimits: true,
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
])('a wrong %s (%s) is refused in one line that names it', (name, value) => {
  const attempt = () => toConfig({ [name]: value })
  expect(attempt).toThrow(ConfigError)
  expect(attempt).toThrow(name)
})

test('empty variables count as absent', () => {
  expect(toConfig({ PORT: '', DATABASE_URL: ' ', AFFLUENT_ROLES: '' })).toEqual(toConfig({}))
})
