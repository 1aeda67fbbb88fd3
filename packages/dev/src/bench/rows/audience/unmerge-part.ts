import type { ApiAnswer } from '@affluent/protocol/api-calls'
import type { RegroupingAnswer } from '@affluent/protocol/endpoints/identity'
import { type BenchContext, rootsOf, settle } from '../../bench-context.ts'
import { CpuLedger } from '../../machine/cpu-ledger.ts'
import type { RowPart } from '../../report/figure.ts'
import { quantile } from '../../report/quantile.ts'
import { timeFigure } from '../../report/time-figure.ts'
import { compareSizes } from './compare-sizes.ts'

const ORDINARY = 20
const FRAGMENTS = 500
// under the rules of a new workspace a profile may have twenty of a namespace that is not listed
const OF_NAMESPACE = 20
const SHARED_EMAIL = 'front-desk@example.com'

/**
 * How long undoing a merge takes, tried and done: of a visitor who became known, and of five hundred customers who gave
 * the same e-mail address.
 */
export async function measureUnmerge(context: BenchContext): Promise<RowPart> {
  const { say } = context
  const cpuLedger = new CpuLedger(rootsOf(context))
  say(`  un-merge of ${ORDINARY} profiles of two fragments`)
  const ordinary = await undoOrdinary(context)
  say(`  un-merge of a profile of ${FRAGMENTS} fragments`)
  const mega = await undoMega(context)
  const cpu = cpuLedger.report()
  return {
    figures: [
      timeFigure('un-merge, two fragments: dry run, p50', quantile(ordinary.tried, 0.5)),
      timeFigure('  worst', Math.max(...ordinary.tried)),
      timeFigure('un-merge, two fragments: done, p50', quantile(ordinary.done, 0.5)),
      timeFigure('  worst', Math.max(...ordinary.done)),
      timeFigure(`un-merge, ${FRAGMENTS} fragments by one identifier: dry run`, mega.tried),
      timeFigure(`un-merge, ${FRAGMENTS} fragments by one identifier: done`, mega.done),
    ],
    checks: [
      {
        name: 'an un-merge of two fragments gives two profiles',
        holds: ordinary.profiles.every((count) => count === 2),
        said: ordinary.profiles.join(' '),
      },
      {
        name: `cutting what one identifier joined gives ${FRAGMENTS} profiles, as the dry run said`,
        holds: mega.profiles === FRAGMENTS && mega.promised === FRAGMENTS,
        said: `${mega.profiles} and ${mega.promised}`,
      },
      ...(await settle(context)),
      ...(await compareSizes(context, 'after the un-merges')),
    ],
    notes: [],
    cpu: { 'un-merge': cpu },
    detail: { ordinary, mega },
  }
}

async function undoOrdinary(context: BenchContext) {
  const position = await collect(context, ordinaryEvents())
  const { api } = context.server
  const tried: number[] = []
  const done: number[] = []
  const profiles: number[] = []
  for (let number = 0; number < ORDINARY; number++) {
    const path = `/v1/profiles/user_id:${userOf(number)}/ledger?after=${position}`
    const { ledger } = await api.get<ApiAnswer<'GET /v1/profiles/{id}/ledger'>>(path)
    const merge = ledger.find(({ kind }) => kind === 'merged')
    if (merge === undefined) throw new Error(`${userOf(number)} was not merged: ${JSON.stringify(ledger)}`)
    const dryRun = await undo(context, { ledgerId: merge.id }, '?dryRun=true')
    const real = await undo(context, { ledgerId: merge.id })
    tried.push(dryRun.ms)
    done.push(real.ms)
    profiles.push(real.answer.profiles.length)
  }
  return { tried, done, profiles }
}

/** A visitor, then somebody with a user id, then both in one event. */
function ordinaryEvents(): object[] {
  return Array.from({ length: ORDINARY }, (_, number) => {
    const ids = { userId: userOf(number), anonymousId: `bench-unmerge-visitor-${number}` }
    return [
      { type: 'track', anonymousId: ids.anonymousId, event: 'Product Viewed', properties: { price: 60 } },
      { type: 'identify', userId: ids.userId, traits: { plan: 'pro' } },
      { type: 'identify', ...ids, traits: { points: number } },
    ]
  }).flat()
}

function userOf(number: number): string {
  return `bench-unmerge-${number}`
}

async function undoMega(context: BenchContext) {
  const position = await collect(context, megaEvents())
  const identifier = { namespace: 'email', value: SHARED_EMAIL }
  const dryRun = await undo(context, { identifier }, `?dryRun=true&after=${position}`)
  const real = await undo(context, { identifier })
  return {
    tried: dryRun.ms,
    done: real.ms,
    promised: dryRun.answer.profiles.length,
    profiles: real.answer.profiles.length,
  }
}

/** The address has a fragment of its own, and each customer one. */
function megaEvents(): object[] {
  const traits = { email: SHARED_EMAIL }
  const customers = Array.from({ length: FRAGMENTS - 1 }, (_, number) => {
    const type = `bench_shop_${Math.floor(number / OF_NAMESPACE)}`
    const context = {
      externalIds: [{ id: `customer-${number}`, type, collection: 'users', encoding: 'none' }],
    }
    return { type: 'identify', traits: { ...traits, points: number }, context }
  })
  const address = { id: SHARED_EMAIL, type: 'email', collection: 'users', encoding: 'none' }
  return [{ type: 'identify', traits: {}, context: { externalIds: [address] } }, ...customers]
}

/** Sends events, and waits until they are walked. */
async function collect({ server, ledger }: BenchContext, events: readonly object[]): Promise<string> {
  const { accepted, position } = await server.api.collect(events)
  ledger.add({ eventsInAll: accepted, eventsInDoubt: 0 })
  if (accepted < events.length) throw new Error(`Of ${events.length} events only ${accepted} were taken.`)
  await server.drained()
  return position
}

async function undo(
  { server }: BenchContext,
  body: object,
  query = '',
): Promise<{ ms: number; answer: RegroupingAnswer }> {
  const began = performance.now()
  const answer = await server.api.post<RegroupingAnswer>(`/v1/identity/unmerge${query}`, body)
  return { ms: performance.now() - began, answer }
}
