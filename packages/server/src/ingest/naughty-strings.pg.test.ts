import type { JsonObject } from '@affluent/protocol/event'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'
import { NEEDS_NAUGHTY_STRINGS, readNaughtyStrings } from './testing/shared-data.ts'

const BATCH = 250
const TIMEOUT_MS = 120_000
const CUSTOM = 'loyalty_card'

const strings = readNaughtyStrings()
let server: TestServer

beforeAll(async () => {
  if (strings.length > 0) server = await startTestServer()
})
afterAll(() => server?.stop())

test('the list is here', (context) => {
  if (strings.length === 0) context.skip(NEEDS_NAUGHTY_STRINGS)
  expect(strings).toHaveLength(515)
})

describe.runIf(strings.length > 0)('the Big List of Naughty Strings', () => {
  test('as trait value it comes back identical from the profile and from the events', {
    timeout: TIMEOUT_MS,
  }, async () => {
    await sendInBatches(
      strings.map((text, index) => ({ type: 'identify', userId: `trait-${index}`, traits: { text } })),
    )
    await server.settle()
    await each(async (text, index) => {
      expect((await server.profile('user_id', `trait-${index}`))?.traits).toEqual({ text })
      expect(await server.events('user_id', `trait-${index}`)).toMatchObject([{ traits: { text } }])
    })
  })

  test('as property value, property name and event name it comes back identical from the events', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const named = strings.flatMap((text, index) => (isName(text) ? [{ text, index }] : []))
    const isKey = ({ text }: { text: string }) => isSent(text)
    await sendInBatches(
      named.map((one) => ({
        type: 'track',
        userId: `name-${one.index % 5}`,
        event: one.text,
        properties: { text: one.text, index: one.index, ...(isKey(one) ? { keyed: { [one.text]: 1 } } : {}) },
      })),
    )
    await server.settle()
    const found = new Map<number, JsonObject>()
    for (let person = 0; person < 5; person++) {
      for (const event of await server.events('user_id', `name-${person}`)) {
        found.set((event['properties'] as { index: number }).index, event)
      }
    }
    expect(found.size).toBe(named.length)
    for (const one of named) {
      const event = found.get(one.index)
      expect(event?.['event']).toBe(one.text)
      expect(event?.['properties']).toEqual({
        text: one.text,
        index: one.index,
        ...(isKey(one) ? { keyed: { [one.text]: 1 } } : {}),
      })
    }
  })

  test('as event name, what is empty or too long is refused by rule', async () => {
    const refused = strings.filter((text) => !isName(text))
    expect(refused).toHaveLength(8)
    for (const event of refused) {
      const answer = await server.send('/v1/track', { userId: 'somebody', event })
      const code = event === '' ? 'missing_event' : 'name_too_long'
      expect(answer).toMatchObject({ status: 400, json: { code } })
    }
  })

  const namespaces = [
    [
      'user_id',
      (value: string, marker: string) => ({
        type: 'track',
        event: 'Seen',
        userId: value,
        context: { externalIds: [{ type: 'marker', id: marker }] },
      }),
    ],
    [
      'anonymous_id',
      (value: string, marker: string) => ({
        type: 'track',
        event: 'Seen',
        anonymousId: value,
        context: { externalIds: [{ type: 'marker', id: marker }] },
      }),
    ],
    [
      'email',
      (value: string, marker: string) => ({
        type: 'identify',
        traits: { email: value },
        context: { externalIds: [{ type: 'marker', id: marker }] },
      }),
    ],
    [
      CUSTOM,
      (value: string, marker: string) => ({
        type: 'track',
        event: 'Seen',
        context: {
          externalIds: [
            { type: CUSTOM, id: value },
            { type: 'marker', id: marker },
          ],
        },
      }),
    ],
  ] as const

  test.each(namespaces)(
    'as %s it is found again, refused, or left unlinked with a warning',
    { timeout: TIMEOUT_MS },
    async (namespace, make) => {
      const before = await server.warnings()
      const markerOf = (index: number) => `${namespace}-${index}`
      const rejected = await sendInBatches(
        strings.map((text, index) => make(text, markerOf(index))),
        true,
      )
      await server.settle()
      const classes = { linked: 0, refused: 0, unlinked: 0 }
      const lost: string[] = []
      await each(async (text, index) => {
        if (rejected.has(index)) classes.refused++
        else if (await isFound(namespace, text, markerOf(index))) classes.linked++
        // the event is kept all the same: its other identifier leads to it
        else if ((await server.events('marker', markerOf(index))).length === 1) classes.unlinked++
        else lost.push(text)
      })
      console.log(
        `${namespace}: ${JSON.stringify(classes)}, refused as ${JSON.stringify([...new Set(rejected.values())])}`,
      )
      expect(lost).toEqual([])
      // blank text is no identifier at all: nothing was left out that could be warned of
      const blank = strings.filter((text) => text.trim() === '').length
      const warned = countOf(await server.warnings()) - countOf(before)
      expect(warned).toBeGreaterThanOrEqual(classes.unlinked - blank)
      expect(classes.linked + classes.refused + classes.unlinked).toBe(strings.length)
    },
  )

  test('nothing failed', () => {
    expect(server.log.filter(({ level }) => level === 'error')).toEqual([])
  })
})

/**
 * The profile that the identifier leads to is the one that the event made, also when white space around it was trimmed.
 */
async function isFound(namespace: string, text: string, marker: string): Promise<boolean> {
  const profile = await server.profile(namespace, text)
  if (profile === undefined) return false
  const other = await server.profile('marker', marker)
  expect(other?.id).toBe(profile.id)
  const values = profile.identifiers.filter((one) => one.namespace === namespace).map(({ value }) => value)
  const sent = seenOf(text)
  expect(values.map(seenOf)).toContain(namespace === 'email' ? sent.toLowerCase() : sent)
  return true
}

/** What somebody sees of it. */
function seenOf(text: string): string {
  return text
    .replaceAll(/[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu, '')
    .trim()
    .normalize('NFC')
}

/** Names of events are neither empty nor longer than 255 bytes. */
function isName(text: string): boolean {
  return text !== '' && Buffer.byteLength(text) <= 255
}

/** Keys may not be empty or hold control characters. */
function isSent(key: string): boolean {
  return key !== '' && !/[\u0000-\u001f]/.test(key) && key !== '__proto__' && Buffer.byteLength(key) <= 255
}

/** @returns codes of the events that were refused, by index */
async function sendInBatches(events: readonly unknown[], mayBeRefused = false): Promise<Map<number, string>> {
  const rejected = new Map<number, string>()
  for (let from = 0; from < events.length; from += BATCH) {
    const batch = events.slice(from, from + BATCH)
    if (!mayBeRefused) await server.sendAll(batch)
    else {
      const answer = await server.send('/v1/batch', { batch })
      expect(answer.status).toBe(200)
      for (const one of (answer.json['rejected'] ?? []) as { index: number; code: string }[]) {
        rejected.set(from + one.index, one.code)
      }
    }
  }
  return rejected
}

function countOf(warnings: ReadonlyMap<string, number>): number {
  return warnings.get('suspicious_id') ?? 0
}

/** Asks for all strings, some at a time. */
async function each(work: (text: string, index: number) => Promise<void>): Promise<void> {
  const waiting = [...strings.entries()]
  const worker = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await work(next[1], next[0])
  }
  await Promise.all(Array.from({ length: 8 }, worker))
}
