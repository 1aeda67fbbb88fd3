import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, startTestServer, type TestServer } from '../testing/test-server.ts'

const RICH = { trait: 'plan', op: 'equals', value: 'pro' }
const ROUNDS = Array.from({ length: 8 }, (_, round) => round)

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

function make(key: string, condition: object): Promise<Answer> {
  return server.write('/v1/audiences', 'POST', { key, condition })
}

function change(key: string, condition: object): Promise<Answer> {
  return server.write(`/v1/audiences/${key}`, 'PUT', { condition })
}

function statuses(answers: readonly Answer[]): number[] {
  return answers.map(({ status }) => status).sort()
}

async function failed(): Promise<string[]> {
  const list = (await server.read('/v1/audiences')).json['audiences'] as unknown as {
    key: string
    status: string
  }[]
  return list.filter(({ status }) => status === 'failed').map(({ key }) => key)
}

test.each(ROUNDS)('two changes at once never make a circle (%i)', async (round) => {
  const [a, b, c] = [`a${round}`, `b${round}`, `c${round}`]
  for (const key of [a, b, c]) await server.putAudience({ key, condition: RICH })
  const answers = await Promise.all([
    change(a, { audience: b }),
    change(b, { any: [{ audience: c }, RICH] }),
    change(c, { not: { audience: a } }),
  ])
  expect(statuses(answers)).toEqual([200, 200, 400])
  const refused = answers.find(({ status }) => status === 400)
  expect(refused?.json).toMatchObject({ error: { code: 'invalid_condition', path: 'condition' } })
  expect(await failed()).toEqual([])
})

test.each(ROUNDS)(
  'of many who make one key at once, one makes it and the others are told (%i)',
  async (round) => {
    const answers = await Promise.all(
      [1, 2, 3, 4].map((plan) => make(`twin${round}`, { trait: 'plan', op: 'equals', value: String(plan) })),
    )
    expect(statuses(answers)).toEqual([201, 409, 409, 409])
    const made = answers.find(({ status }) => status === 201)
    expect((await server.read(`/v1/audiences/twin${round}`)).json['condition']).toEqual(
      made?.json['condition'],
    )
    for (const answer of answers.filter(({ status }) => status === 409))
      expect(answer.json).toMatchObject({ error: { code: 'already_exists', path: 'key' } })
  },
)

test.each(ROUNDS)('an audience that is deleted at the same moment is never named (%i)', async (round) => {
  await server.putAudience({ key: `gone${round}`, condition: RICH })
  await server.putAudience({ key: `changed${round}`, condition: RICH })
  const [made, changed, deleted] = await Promise.all([
    make(`names${round}`, { audience: `gone${round}` }),
    change(`changed${round}`, { audience: `gone${round}` }),
    server.write(`/v1/audiences/gone${round}`, 'DELETE', undefined),
  ])
  if (deleted.status === 200) {
    expect([made.status, changed.status]).toEqual([400, 400])
    expect(made.json).toMatchObject({ error: { code: 'unknown_reference' } })
  } else {
    expect(deleted).toMatchObject({ status: 409, json: { error: { code: 'in_use' } } })
    expect([made.status, changed.status].sort()).not.toEqual([400, 400])
  }
  expect(await failed()).toEqual([])
})

test('a change of an audience that is deleted at the same moment makes none', async () => {
  for (const round of ROUNDS) {
    const key = `late${round}`
    await server.putAudience({ key, condition: RICH })
    const [deleted, changed] = await Promise.all([
      server.write(`/v1/audiences/${key}`, 'DELETE', undefined),
      change(key, { trait: 'plan', op: 'exists' }),
    ])
    expect(deleted.status).toBe(200)
    expect([200, 404]).toContain(changed.status)
    expect((await server.read(`/v1/audiences/${key}`)).status).toBe(404)
  }
})

const HOUR = 3_600_000

test('whose trait of the future came while an audience was being prepared is in it', async () => {
  const timestamp = new Date(server.now() + HOUR).toISOString()
  await server.sendAll([{ type: 'identify', userId: 'ahead', traits: { level: 'gold' }, timestamp }])
  await server.settle()
  const waiting = async () => {
    const due = 'select from timer where workspace_id = 1 and at <= $1'
    return (await server.database.query(due, [server.now() + 2 * HOUR])).rowCount
  }
  expect(await waiting()).toBe(1)
  const holder = await server.database.connect()
  try {
    // what is found in history can be laid ready only after this
    await holder.query('begin')
    await holder.query('lock table backfill_state in access exclusive mode')
    await server.putAudience({ key: 'ahead', condition: { trait: 'level', op: 'exists' } })
    const begun = () => server.database.query('select from backfill where workspace_id = 1')
    await expect.poll(async () => (await begun()).rowCount).toBe(1)
    server.clockOffset += 2 * HOUR
    await expect.poll(waiting).toBe(0)
    await holder.query('commit')
  } finally {
    holder.release()
  }
  await server.audienceLive('ahead')
  expect(await server.members('ahead')).toEqual(['user_id:ahead'])
})
