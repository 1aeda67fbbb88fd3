import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import openapiTypes, { astToString } from 'openapi-typescript'
import ts from 'typescript'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { collectApi } from '../../../ingest/collect-openapi.ts'
import { describeApi } from './openapi-document.ts'

/** A small client over the generated types, as a stranger would write it: calls by name, nothing else is known. */
const CLIENT = `
import type { operations } from './api.ts'

type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : undefined
type Responses<Id extends keyof operations> = operations[Id]['responses']
type Success<Id extends keyof operations> = Responses<Id>[keyof Responses<Id> & (200 | 201 | 202 | 204)]
type Inputs<Id extends keyof operations> = Pick<operations[Id], 'parameters'> &
  (operations[Id] extends { requestBody: infer Body } ? { body: Json<Body> } : unknown)

declare function call<Id extends keyof operations>(id: Id, inputs: Inputs<Id>): Promise<Json<Success<Id>>>
`

const PROGRAM = `${CLIENT}
export async function run(): Promise<string[]> {
  const { audiences } = await call('listAudiences', { parameters: {} })
  const made = await call('createAudience', {
    parameters: {},
    body: {
      key: 'regulars',
      population: 'known',
      condition: { event: 'Order Completed', count: { op: 'gte', value: 3 }, within: '90d' },
    },
  })
  const changed = await call('updateAudience', {
    parameters: { path: { key: made.key }, header: { 'If-Match': String(made.version) } },
    body: { name: 'Regulars' },
  })
  const { members, cursor } = await call('listAudienceMembers', { parameters: { path: { key: changed.key } } })
  const { size } = await call('previewAudience', {
    parameters: {},
    body: { condition: { all: [{ trait: 'plan', op: 'equals', value: 'pro' }] }, population: 'all' },
  })
  const { profile } = await call('getProfile', { parameters: { path: { id: members[0]?.profileId ?? '' } } })
  const { destination, secret } = await call('createDestination', {
    parameters: {},
    body: { type: 'webhook', name: 'CRM', settings: { url: 'https://crm.example.com/hook' } },
  })
  const { connection } = await call('createConnection', {
    parameters: {},
    body: {
      from: { source: '*' },
      destination: destination.id,
      action: 'send',
      enabled: true,
      sendCurrentMembers: false,
      filter: { event: 'Order Completed', where: [{ property: 'revenue', op: 'gt', value: 50 }] },
    },
  })
  const { deliveries } = await call('listDeliveries', { parameters: { query: { status: 'failed' } } })
  const { ledger } = await call('listProfileLedger', { parameters: { path: { id: profile.id } } })
  const { workspaces } = await call('listWorkspaces', { parameters: {} })
  await call('revokeKey', { parameters: { path: { id: 'key_3' } } })
  const taken = await call('track', { parameters: {}, body: { userId: 'ada', event: 'Order Completed' } })
  return [
    ...audiences.map(({ key }) => key),
    cursor ?? '',
    size.toFixed(),
    secret ?? '',
    connection.id,
    deliveries[0]?.attempts[0]?.error?.code ?? '',
    ledger[0]?.kind ?? '',
    workspaces[0]?.zone ?? '',
    String(taken.accepted ?? 0),
  ]
}
`

const WRONG = `${CLIENT}
export async function run(): Promise<void> {
  await call('createAudiences', { parameters: {} })
  await call('getProfile', { parameters: {} })
  await call('createAudience', { parameters: {}, body: { key: 'a', population: 'known', condition: { trait: 1 } } })
  await call('listDeliveries', { parameters: { query: { status: 'lost' } } })
}
`

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'affluent-client-'))
  const nodes = await openapiTypes(JSON.stringify(describeApi(collectApi)))
  await writeFile(join(folder, 'api.ts'), astToString(nodes))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The lines at which a program does not compile. */
async function faultsOf(text: string): Promise<string[]> {
  const path = join(folder, 'program.ts')
  await writeFile(path, text)
  const program = ts.createProgram([path], {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
  })
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = file?.text.slice(0, start).split('\n').length ?? 0
    return `${file?.text.split('\n')[line - 1]?.trim()}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  })
}

test('a client that is generated from the OpenAPI document compiles, and calls by name', {
  timeout: 60_000,
}, async () => {
  expect(await faultsOf(PROGRAM)).toEqual([])
})

test('what the document does not allow does not compile', { timeout: 60_000 }, async () => {
  const faults = await faultsOf(WRONG)
  for (const call of ['createAudiences', 'getProfile', 'createAudience', 'listDeliveries'])
    expect(faults.filter((fault) => fault.startsWith(`await call('${call}'`))).toHaveLength(1)
})
