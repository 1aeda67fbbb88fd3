import type { JsonObject } from '@affluent/protocol/event'
import { ANSWER_WARNINGS_MAX, EVENT_BYTES_MAX } from '@affluent/protocol/limits'
import { expect } from 'vitest'
import type { TestServer } from '../../testing/test-server.ts'
import {
  answers,
  type Builder,
  badBody,
  fastest,
  identify,
  kept,
  post,
  refused,
  track,
  trackWith,
  warned,
} from './bad-input.ts'
import { readNaughtyStrings } from './shared-data.ts'

// three times what the case allows: other work runs on the same two cores
const SLACK = 3

/** Cases of the groups `shape`, `types`, `text` and `time`: one event that is odd. */
export const eventInputs: Readonly<Record<string, Builder>> = {
  B060: () => refused([nested(33), nested(60), trackWith(`{"a":${'['.repeat(31)}${']'.repeat(31)}}`)]),
  B062: () => ({
    ...answers(badBody(million('[', ']')), badBody('{"a":'.repeat(600_000))),
    check: async (server) =>
      expect(await fastest(() => post('/v1/batch', million('[', ']'))(server))).toBeLessThan(50 * SLACK),
  }),
  B063: () => ({
    ...refused([manyKeys(100_000), manyKeys(2_001)]),
    check: async (server) =>
      expect(await fastest(() => post('/v1/track', manyKeys(100_000))(server))).toBeLessThan(200 * SLACK),
  }),
  B065: () =>
    refused(['"a\\u0000b"', '"a\\nb"', '"\\ud800"', '"\\u001f"'].map((key) => trackWith(`{"x":{${key}:1}}`))),
  B068: () => sameTraits('b068', { constructor: 'Ferrari', nested: { constructor: { name: 'x' } } }),
  B069: () =>
    sameTraits('b069', {
      toString: 'a',
      hasOwnProperty: true,
      length: 3,
      toJSON: { toJSON: 'b' },
      valueOf: [1],
      inner: JSON.parse('{"then":"c","length":-1,"valueOf":null}') as JsonObject,
      ...(JSON.parse('{"then":"c"}') as JsonObject),
    }),
  B070: () =>
    sameTraits('b070', {
      $gt: '',
      $where: '1',
      'a.b': 1,
      a: { b: 2 },
      'a[0]': 3,
      '*': 4,
      '"': 5,
      '`': 6,
      '--': 7,
      "'": 8,
      '\\': 9,
      '%': 10,
    }),
  B071: () =>
    kept(
      ['{"type":"identify","userId":"b071-a","userId":"b071-b","traits":{"x":1},"traits":{"y":2}}'],
      async (server, after) => {
        expect(await server.profile('user_id', 'b071-a', { after })).toBeUndefined()
        expect((await server.profile('user_id', 'b071-b'))?.traits).toEqual({ y: 2 })
        expect(await server.events('user_id', 'b071-b', { after })).toMatchObject([
          { userId: 'b071-b', traits: { y: 2 } },
        ])
      },
    ),
  B073: () => refused([trackOfBytes(EVENT_BYTES_MAX + 1)]),
  B074: () =>
    refused([trackWith(`{"a":[${'1,'.repeat(99_999)}1]}`), trackWith(`{"a":[${'1,'.repeat(1_000)}1]}`)]),
  B081: () => refused([userIdOf('9007199254740993'), userIdOf('-9007199254740993')]),
  B083: () => refused(['{}', '[]', 'true', '1.5'].map(userIdOf)),
  B084: () =>
    refused([userIdOf('""'), userIdOf('"   "'), userIdOf('null'), '{"type":"track","event":"Tried"}']),
  B085: () => ({
    ...warned(
      [
        ...JUNK.map((userId) => track({ userId })),
        userIdOf('0'),
        userIdOf('-1'),
        track({ userId: 'undefined' }),
      ],
      async (server) => {
        const position = await server.sendAll([
          identify('undefined', { email: 'b085-one@example.com' }),
          identify('undefined', { email: 'b085-two@example.com' }),
        ])
        const one = await server.profile('email', 'b085-one@example.com', { after: position })
        const two = await server.profile('email', 'b085-two@example.com')
        expect(one?.id).not.toBe(two?.id)
        for (const userId of JUNK) expect(await server.profile('user_id', userId)).toBeUndefined()
      },
    ),
  }),
  B086: () => ({
    ...refused([
      track({ userId: 'x'.repeat(256) }),
      track({ userId: 'x'.repeat(6_400) }),
      track({ userId: 'é'.repeat(128) }),
    ]),
    check: async (server) => {
      const userId = 'y'.repeat(255)
      const after = await server.sendAll([track({ userId })])
      expect(await server.profile('user_id', userId, { after })).toBeDefined()
    },
  }),
  B087: () => refused(['"a\\u0000"', '"\\ud800"', '"a\\nb"', '"a\\u007f"'].map(userIdOf)),
  B088: () =>
    kept(
      [
        '{"type":"identify","userId":"b088","traits":{"a":-0,"b":5e-324,"c":1.7976931348623157e308,"d":0.1,"e":1E2}}',
      ],
      async (server, after) => {
        const { traits } = (await server.profile('user_id', 'b088', { after })) as { traits: JsonObject }
        expect(traits).toMatchObject({ b: 5e-324, c: 1.7976931348623157e308, d: 0.1, e: 100 })
        // -0 may become 0, documented
        expect(traits['a'] === 0).toBe(true)
      },
    ),
  B089: () =>
    warned([trackWith('{"order_id":9007199254740993}')], async (server) => {
      const { rows } = await server.database.query<{ body: Buffer }>('select body from log')
      expect(Buffer.concat(rows.map(({ body }) => body)).includes('"order_id":9007199254740993')).toBe(true)
    }),
  B090: () => sameTraits('b090', { a: '1e3', b: '0x10', c: '19,99', d: '١٢٣' }),
  B100: () =>
    repaired('b100', '{"name":"x\\ud83dy","list":["\\udc00"]}', { name: 'x\ufffdy', list: ['\ufffd'] }),
  B101: () => repaired('b101', '{"name":"a\\u0000b"}', { name: 'a\ufffdb' }),
  B102: () => {
    const strings = readNaughtyStrings()
    return kept(
      strings.map((text, index) => identify(`b102-${index}`, { text, [`k${index}`]: [text] })),
      async (server, after) => {
        await server.profile('user_id', 'b102-0', { after })
        for (const [index, text] of strings.entries()) {
          if (index % 50 === 0)
            expect((await server.profile('user_id', `b102-${index}`))?.traits).toMatchObject({ text })
        }
      },
    )
  },
  B103: () =>
    sameTraits('b103', {
      a: '\u202eevil',
      b: '👩\u200d👩\u200d👧',
      c: `Z${'\u0300'.repeat(10_000)}`,
      d: '\u200b',
    }),
  B105: () =>
    kept(
      [identify('b105-a', { email: 'раypal@x.fr' }), identify('b105-b', { email: 'paypal@x.fr' })],
      async (server, after) => {
        const cyrillic = await server.profile('email', 'раypal@x.fr', { after })
        const latin = await server.profile('email', 'paypal@x.fr')
        expect(cyrillic?.identifiers.map(({ value }) => value)).toContain('b105-a')
        expect(latin?.identifiers.map(({ value }) => value)).toContain('b105-b')
        expect(cyrillic?.id).not.toBe(latin?.id)
      },
    ),
  B106: () => refused([track({ event: '' }), track({ event: 'x'.repeat(256) }), track({ event: 5 })], true),
  B108: () =>
    sameProperties('b108', { url: 'javascript:alert(1)', referrer: 'data:text/html,<script>1</script>' }),
  B111: () => sameTraits('b111', Object.fromEntries(TEMPLATES.map((text, index) => [`t${index}`, text]))),
  B112: () =>
    kept(
      SQL.map((text, index) => identify(`b112-${index}`, { [text]: text }, { properties: { [text]: text } })),
      async (server, after) => {
        for (const [index, text] of SQL.entries()) {
          const profile = await server.profile('user_id', `b112-${index}`, { after })
          expect(profile?.traits).toEqual({ [text]: text })
        }
      },
    ),
  B121: () =>
    refused(
      ['0', '-1', '1', '2026', 'now', '', '2026-02-30', '2026-13-01T00:00:00Z'].map((timestamp) =>
        track({ timestamp }),
      ),
    ),
  B123: () =>
    warned([track({ userId: 'b123', timestamp: '2026-01-21T10:00:00' })], async (server, after) =>
      expect(await server.events('user_id', 'b123', { after })).toMatchObject([
        { timestamp: '2026-01-21T10:00:00.000Z' },
      ]),
    ),
  B125: () =>
    warned(
      [track({ userId: 'b125', timestamp: new Date(Date.now() + 25 * 3_600_000).toISOString() })],
      async (server, after) => {
        const [event] = await server.events('user_id', 'b125', { after })
        expect(event?.['timestamp']).toBe(event?.['receivedAt'])
      },
    ),
  B127: () =>
    kept([track({ userId: 'b127', timestamp: '2026-01-21T10:00:00.123456789Z' })], async (server, after) =>
      expect(await server.events('user_id', 'b127', { after })).toMatchObject([
        { timestamp: '2026-01-21T10:00:00.123Z' },
      ]),
    ),
}

const JUNK = ['null', 'undefined', '0', '-1', 'N/A', 'NaN', '[object Object]', 'anonymous', 'test']

// of PayloadsAllTheThings' kind; its list of 106 is not on this machine
const TEMPLATES = [
  ...[
    '{{7*7}}',
    '{% raw %}',
    '$' + '{7*7}',
    '<%= 1 %>',
    '#{7*7}',
    '{{constructor.constructor("return 1")()}}',
  ],
  ...[
    '{{ "a" | pop }}',
    '{%include "/etc/passwd"%}',
    '*{7*7}',
    '@(7*7)',
    '[[7*7]]',
    '{php}1{/php}',
    '{{=7*7}}',
  ],
]

// the usual forms, written here; PayloadsAllTheThings is not on this machine
const SQL = [
  ...[
    "' or 1=1 --",
    "'; drop table fragment; --",
    '" or ""="',
    "') or ('1'='1",
    '1; select pg_sleep(5)',
    '$1',
    '$$',
  ],
  ...[
    '{a:String}',
    '\\',
    "\\'",
    'null',
    "x' union select hash from api_key --",
    '/* */',
    ';',
    'format TSV',
    '%s',
    '?',
  ],
  ...[
    "1' and sleep(5)#",
    'admin"--',
    "E'\\\\'",
    '\\N',
    'select',
    'or true',
    "'||'",
    '`id`',
    '0x27',
    '%27 or 1=1',
  ],
]

function nested(levels: number): string {
  // the event and its properties are the first two
  return trackWith(`${'{"a":'.repeat(levels - 2)}{}${'}'.repeat(levels - 2)}`)
}

function million(open: string, close: string): string {
  return open.repeat(1_000_000) + close.repeat(1_000_000)
}

function manyKeys(count: number): string {
  return trackWith(`{${Array.from({ length: count - 4 }, (_, index) => `"k${index}":1`).join(',')}}`)
}

function trackOfBytes(bytes: number): string {
  const empty = trackWith('{"a":""}')
  return trackWith(`{"a":"${'x'.repeat(bytes - empty.length)}"}`)
}

function userIdOf(json: string): string {
  return `{"type":"track","event":"Tried","userId":${json}}`
}

/** Kept, and read back the same from profile and events. */
function sameTraits(userId: string, traits: JsonObject) {
  return kept([identify(userId, traits)], async (server, after) => {
    const answer = await server.profile('user_id', userId, { after })
    expect(answer?.traits).toEqual(traits)
    expect(new Set(Object.keys(answer?.traits ?? {}))).toEqual(new Set(Object.keys(traits)))
    expect((await server.events('user_id', userId, { after }))[0]?.['traits']).toEqual(traits)
  })
}

function sameProperties(userId: string, properties: JsonObject) {
  return kept([{ type: 'page', userId, properties }], async (server: TestServer, after: number) =>
    expect((await server.events('user_id', userId, { after }))[0]?.['properties']).toEqual(properties),
  )
}

function repaired(userId: string, traits: string, expected: JsonObject) {
  return warned([`{"type":"identify","userId":"${userId}","traits":${traits}}`], async (server, after) => {
    expect((await server.profile('user_id', userId, { after }))?.traits).toEqual(expected)
    expect((await server.events('user_id', userId, { after }))[0]?.['traits']).toEqual(expected)
  })
}

/** An answer lists no more warnings than this: a case with more events is sent in parts. */
export const WARNED_EVENTS_MAX = ANSWER_WARNINGS_MAX
