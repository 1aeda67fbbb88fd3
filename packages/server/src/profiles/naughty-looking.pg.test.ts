import type { EventDetailAnswer } from '@affluent/protocol/endpoints/events'
import type { FoundProfile } from '@affluent/protocol/endpoints/profiles'
import type { EventRow } from '@affluent/protocol/event-row'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NEEDS_NAUGHTY_STRINGS, readNaughtyStrings } from '../ingest/testing/shared-data.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

const TIMEOUT_MS = 180_000
const BATCH = 250

const strings = readNaughtyStrings()
let server: TestServer

beforeAll(async () => {
  if (strings.length > 0) server = await startTestServer()
})
afterAll(() => server?.stop())

test('the list is here', (context) => {
  if (strings.length === 0) context.skip(NEEDS_NAUGHTY_STRINGS)
})

async function ask<T>(path: string, query: Record<string, string>, of: string): Promise<T> {
  const answer = await server.read(`${path}?${new URLSearchParams(query)}`)
  expect(answer.status, `${JSON.stringify(query)} ${answer.text}`).toBe(200)
  return answer.json[of] as T
}

describe.runIf(strings.length > 0)('the Big List of Naughty Strings', () => {
  const named = strings.flatMap((text, index) =>
    text !== '' && Buffer.byteLength(text) <= 255 ? [{ text, index }] : [],
  )
  const eventOf = ({ text, index }: { text: string; index: number }) => ({
    ...{ type: 'track', userId: `name-${index}`, event: text },
    properties: { text, index },
  })

  test('names and raw events come back unchanged, from the log and from ClickHouse', {
    timeout: TIMEOUT_MS,
  }, async () => {
    for (let from = 0; from < named.length; from += BATCH)
      await server.sendAll(named.slice(from, from + BATCH).map(eventOf))
    const look = async () => {
      const rows = await ask<EventRow[]>('/v1/events', { limit: '1000' }, 'events')
      expect(rows.map(({ name }) => name)).toEqual(named.map(({ text }) => text).reverse())
      return rows
    }
    await look()
    await server.settle()
    await look()
    const { rows: parts } = await server.database.query<{ name: string }>(
      "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'log'::regclass",
    )
    for (const { name } of parts) await server.database.query(`delete from ${name}`)
    const rows = await look()
    const every = rows.filter((_, index) => index % 10 === 0)
    for (const { id, name } of every) {
      const answer = await server.read(`/v1/events/${id}`)
      const { event } = answer.json as unknown as EventDetailAnswer
      const sent = JSON.parse(event.raw as string) as { properties: { text: string } }
      expect(sent.properties.text).toBe(name)
    }
  })

  test('each is found by its name, and as a value of a property', { timeout: TIMEOUT_MS }, async () => {
    for (const { text } of named.filter((_, index) => index % 5 === 0)) {
      const rows = await ask<EventRow[]>('/v1/events', { name: text, limit: '1' }, 'events')
      expect(rows.map(({ name }) => name)).toEqual([text])
      const query = { event: text, property: 'text' }
      const values = await ask<{ value: string }[]>('/v1/catalogue/values', query, 'values')
      expect(values.map(({ value }) => value)).toContain(text)
    }
  })

  test('each can be searched for, as identifier and as name, and as identifier of events', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const traits = named.map(({ text, index }) => ({
      type: 'identify',
      userId: `titled-${index}`,
      traits: { name: text },
    }))
    for (let from = 0; from < traits.length; from += BATCH)
      await server.sendAll(traits.slice(from, from + BATCH))
    await server.settle()
    for (const { text, index } of named.filter((_, index) => index % 3 === 0)) {
      const search = text.slice(0, 100)
      const found = await ask<FoundProfile[]>('/v1/profiles', { search, limit: '1000' }, 'profiles')
      await ask<EventRow[]>('/v1/events', { identifier: text, limit: '5' }, 'events')
      // what is blank is no name, and what begins a user id is one
      if (text.trim() === '' || found.some(({ match }) => match.namespace !== 'name')) continue
      const own = await server.profile('user_id', `titled-${index}`)
      if (search === text)
        expect(
          found.map(({ id }) => id),
          JSON.stringify(text),
        ).toContain(own?.id)
    }
  })

  test('nothing failed', () => {
    expect(server.log.filter(({ level }) => level === 'error')).toEqual([])
  })
})
