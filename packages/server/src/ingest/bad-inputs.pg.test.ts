import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, positionOf, startTestServer, type TestServer } from '../testing/test-server.ts'
import { type BadEvent, type BadInput, type BadInputCase, type Builder, track } from './testing/bad-input.ts'
import { bodyInputs } from './testing/body-inputs.ts'
import { eventInputs, WARNED_EVENTS_MAX } from './testing/event-inputs.ts'
import { identityInputs } from './testing/identity-inputs.ts'
import { INVALID_JSON } from './testing/invalid-json.ts'
import { keyInputs } from './testing/key-inputs.ts'
import { NEEDS_BAD_INPUTS, readBadInputs } from './testing/shared-data.ts'
import { transportInputs } from './testing/transport-inputs.ts'

/** Cases about what does not exist yet: a builder comes with the feature. */
const NOT_YET: Readonly<Record<string, string>> = {
  B055: 'there is no import of files yet',
  B182: 'there is no catalogue of fields to filter or group by yet',
  B184: 'there are no conditions yet',
  B187: 'there are no conditions yet',
  B192: 'there is no console with a cookie yet',
  B194: 'there is no import of CSV files yet',
  B195: 'there are no webhooks yet',
  B196: 'there are no transformations yet',
  B197: 'there are no message templates yet',
  B198: 'there is no sign-in yet',
  B199: 'there is no first-run set-up call',
}
/** Cases that what was promised since has overruled. */
const OVERRULED: Readonly<Record<string, string>> = {
  B124: 'a year out of range is no longer refused: the time of receipt is taken, with a warning',
}
const BUILDERS: Readonly<Record<string, Builder>> = {
  ...transportInputs,
  ...bodyInputs,
  ...eventInputs,
  ...identityInputs,
  ...keyInputs,
}
const CASE_MS = 60_000

const cases = readBadInputs()
/** What must be in quarantine at the end, as `code` and hash of the bytes, and how often. */
const rejections = new Map<string, number>()
let server: TestServer
let good = 0

beforeAll(async () => {
  if (cases.length > 0) server = await startTestServer()
})
afterAll(() => server?.stop())

test('the cases are here, and each has a builder or the reason why not', (context) => {
  if (cases.length === 0) context.skip(NEEDS_BAD_INPUTS)
  const ids = cases.map(({ id }) => id)
  const known = { ...BUILDERS, ...NOT_YET, ...OVERRULED }
  expect(ids.filter((id) => !Object.hasOwn(known, id))).toEqual([])
  expect(Object.keys(known).filter((id) => !ids.includes(id))).toEqual([])
})

test('188 files of JSONTestSuite are refused', (context) => {
  context.skip(
    `JSONTestSuite is not on this machine: B035 sends ${INVALID_JSON.length} invalid texts of our own`,
  )
})

const built = cases.filter(({ id }) => BUILDERS[id] !== undefined)
describe.each(built.map((one) => [`${one.id} ${one.group}: ${one.name}`, one] as const))(
  '%s',
  (_, described) => {
    test(`answers ${described.status} ${described.code}`, { timeout: CASE_MS }, async () => {
      const input = (BUILDERS[described.id] as Builder)()
      const own = input.own === undefined ? undefined : await startTestServer(input.own)
      try {
        await tryCase(own ?? server, described, input)
        if (own === undefined) await keepGoodEvent()
      } finally {
        await own?.stop()
      }
    })
  },
)

describe.runIf(cases.length > 0)('after the whole run', () => {
  test('every good event is kept, and every accepted one is in exactly one outcome', async () => {
    await server.settle()
    expect(good).toBeGreaterThan(0)
    expect((await server.profile('user_id', 'good'))?.events).toBe(good)
    expect(await server.events('user_id', 'good')).toHaveLength(good)
  })

  test('every refused event is in quarantine with its bytes and its reason', async () => {
    const kept = await server.outcomes('refused')
    expect(kept).toHaveLength((await server.pipeline()).refused)
    expect(kept.filter(({ message, raw }) => message === '' || raw === null)).toEqual([])
    const counts = new Map<string, number>()
    for (const { code, raw } of kept) countRejection(counts, code, Buffer.from(raw as string, 'base64'))
    const missing = [...rejections].filter(([key, count]) => (counts.get(key) ?? 0) < count)
    expect(missing).toEqual([])
  })

  test('nothing failed, and no key was logged', () => {
    const failures = server.log.filter(({ level }) => level === 'error')
    expect(failures).toEqual([])
    const lines = JSON.stringify(server.log)
    expect(lines).not.toContain(server.keys.writeKey)
    expect(lines).not.toContain(server.keys.apiKey)
  })
})

async function tryCase(on: TestServer, described: BadInputCase, input: BadInput): Promise<void> {
  let sent = 0
  if (input.kind === 'answers') {
    for (const { send, variant = 0, raw } of input.requests) {
      const answer = await send(on)
      expectAnswer(answer, described, variant)
      if (raw !== undefined) countRejection(rejections, codeOf(answer), raw)
    }
  } else {
    for (let from = 0; from < input.events.length; from += WARNED_EVENTS_MAX) {
      const events = input.events.slice(from, from + WARNED_EVENTS_MAX)
      if (input.kind === 'refused') for (const event of events) await expectRefused(on, described, event)
      else sent = await expectKept(on, described, events, input.kind === 'warned')
    }
  }
  await input.check?.(on, sent)
}

function expectAnswer(answer: Answer, described: BadInputCase, variant: number): void {
  const { status, code } = expected(described, variant)
  expect(status, answer.text).toContain(answer.status)
  expect(answer.status).not.toBe(500)
  // a warning that only the processor can give stands at the source: the builder checks it
  const isToldLater = described.status.includes('warning')
  if (code.length > 0 && !isToldLater) expect(code, answer.text).toContain(codeOf(answer))
}

/** In a batch its neighbours are kept; alone it is a 400, or a 413 when it is too large. */
async function expectRefused(
  on: TestServer,
  described: BadInputCase,
  { raw, variant = 0 }: BadEvent,
): Promise<void> {
  const [code] = expected(described, variant).code
  const neighbour = JSON.stringify(track({ userId: 'neighbour' }))
  const batch = await on.send('/v1/batch', `{"batch":[${neighbour}, ${raw} ,${neighbour}]}`)
  expect(batch).toMatchObject({ status: 200, json: { accepted: 2, rejected: [{ index: 1, code }] } })
  expect((batch.json['rejected'] as unknown[]).length).toBe(1)
  const { type } = JSON.parse(raw) as { type: string }
  const alone = await on.send(`/v1/${type}`, raw)
  expect(alone).toMatchObject({
    status: code === 'event_too_large' ? 413 : 400,
    json: { success: false, code },
  })
  for (let times = 0; times < 2; times++) countRejection(rejections, code as string, Buffer.from(raw))
}

async function expectKept(
  on: TestServer,
  described: BadInputCase,
  events: readonly BadEvent[],
  isWarned: boolean,
): Promise<number> {
  const answer = await on.send('/v1/batch', `{"batch":[${events.map(({ raw }) => raw).join(',')}]}`)
  expect(answer).toMatchObject({ status: 200, json: { success: true, accepted: events.length } })
  expect(answer.json).not.toHaveProperty('rejected')
  const { code } = expected(described, 0)
  const warnings = (answer.json['warnings'] ?? []) as { index: number; code: string; message: string }[]
  if (isWarned) {
    expect([...new Set(warnings.map(({ index }) => index))]).toEqual(events.map((_, index) => index))
    expect([...new Set(warnings.map((warning) => warning.code))]).toEqual(code)
    const position = positionOf(answer)
    await on.profile('user_id', 'nobody', { after: position })
    expect((await on.warnings()).get(code[0] as string)).toBeGreaterThanOrEqual(events.length)
  } else expect(warnings).toEqual([])
  return positionOf(answer)
}

/** The statuses and codes that a variant of a case may answer; no codes where the case names none. */
function expected({ status, code }: BadInputCase, variant: number): { status: number[]; code: string[] } {
  const numbers = pick(status, variant).match(/\d{3}/g)?.map(Number)
  const codes = pick(code, variant)
    .split(' or ')
    .map((word) => word.trim())
  // "ignored": as without it
  return { status: numbers ?? [200], code: codes.filter((word) => word !== '-') }
}

function pick(values: string, variant: number): string {
  const variants = values.split('/')
  return variants[Math.min(variant, variants.length - 1)] as string
}

function codeOf({ json }: Answer): string {
  const error = json['error'] as { code: string } | undefined
  return error?.code ?? String(json['code'])
}

async function keepGoodEvent(): Promise<void> {
  good++
  const answer = await server.send('/v1/track', { event: 'Good', userId: 'good', properties: { n: good } })
  expect(answer.status).toBe(200)
  expect((await server.profile('user_id', 'good', { after: positionOf(answer) }))?.events).toBe(good)
}

function countRejection(counts: Map<string, number>, code: string, raw: Buffer): void {
  const key = `${code} ${createHash('sha256').update(raw).digest('hex')} ${raw.toString('utf8', 0, 60)}`
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
