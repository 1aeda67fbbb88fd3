import type { JsonObject } from '@affluent/protocol/event'
import { expect } from 'vitest'
import {
  type Answer,
  basic,
  request,
  type TestServer,
  type TestServerOptions,
} from '../../testing/test-server.ts'

/** One line of bad-inputs.jsonl. */
export interface BadInputCase {
  readonly id: string
  readonly group: string
  readonly name: string
  readonly send: string
  readonly status: string
  readonly code: string
  readonly check: string
}

/** A request whose answer's status and code the case names. */
export interface BadRequest {
  /** which of the case's values, joined by `/`, this request is an example of */
  readonly variant?: number
  readonly send: (server: TestServer) => Promise<Answer>
  /** a body that must be in quarantine afterwards */
  readonly raw?: Buffer
}

/** An event as JSON text, in a batch and on its own route. */
export interface BadEvent {
  readonly variant?: number
  readonly raw: string
}

/** How a case is sent, and what is checked beside the answer. */
export type BadInput = (
  | { readonly kind: 'answers'; readonly requests: readonly BadRequest[] }
  | { readonly kind: 'refused' | 'kept' | 'warned'; readonly events: readonly BadEvent[] }
) & {
  /** @param sent `Affluent-Position` of the last event taken, where events were taken */
  readonly check?: (server: TestServer, sent: number) => Promise<void>
  /** a server of its own, for what would disturb the others */
  readonly own?: TestServerOptions
}

export type Builder = () => BadInput

export function answers(...requests: readonly BadRequest[]): BadInput {
  return { kind: 'answers', requests }
}

/**
 * Each event must be refused by itself; several values of the case's code are taken in order when `variants` is set.
 */
export function refused(events: readonly unknown[], variants = false): BadInput {
  return { kind: 'refused', events: events.map((event, index) => toEvent(event, variants ? index : 0)) }
}

export function kept(events: readonly unknown[], check?: BadInput['check']): BadInput {
  return { kind: 'kept', events: events.map((event) => toEvent(event, 0)), ...(check && { check }) }
}

export function warned(events: readonly unknown[], check?: BadInput['check']): BadInput {
  return { kind: 'warned', events: events.map((event) => toEvent(event, 0)), ...(check && { check }) }
}

function toEvent(event: unknown, variant: number): BadEvent {
  return { raw: typeof event === 'string' ? event : JSON.stringify(event), variant }
}

/** A track event that nothing is wrong with, and what is to be different in it. */
export function track(different: JsonObject = {}): JsonObject {
  return { type: 'track', event: 'Tried', userId: 'somebody', ...different }
}

export function identify(userId: string, traits: JsonObject, more: JsonObject = {}): JsonObject {
  return { type: 'identify', userId, traits, ...more }
}

/** The same, with `text` put in as it is where the placeholder stands: for JSON that no object can express. */
export function trackWith(text: string): string {
  return `{"type":"track","event":"Tried","userId":"somebody","properties":${text}}`
}

/** A request to the collector, with the write key in its head. */
export function post(
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): (server: TestServer) => Promise<Answer> {
  return (server) => server.send(path, body, { headers })
}

/** A body that cannot be taken at all, and is kept in quarantine. */
export function badBody(body: string | Buffer, headers: Record<string, string> = {}): BadRequest {
  const raw = Buffer.from(body)
  return { send: post('/v1/batch', new Uint8Array(raw), headers), raw }
}

/** A request to the collector with other headers than `send` gives it. */
export function postWithout(
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): (server: TestServer) => Promise<Answer> {
  return (server) => request(`${server.url}${path}`, { method: 'POST', body: JSON.stringify(body), headers })
}

export const GOOD_BATCH = JSON.stringify({ batch: [track()] })

/** The head lines that any request to the collector has. */
export function doorHead(server: TestServer): readonly string[] {
  return [
    'Host: 127.0.0.1',
    `Authorization: ${basic(server.keys.writeKey)}`,
    'Content-Type: application/json',
  ]
}

/** Milliseconds of the fastest of three tries: what the machine's other work adds is left out. */
export async function fastest(work: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 3; round++) {
    const started = performance.now()
    await work()
    best = Math.min(best, performance.now() - started)
  }
  return best
}

const MEBIBYTE = 1024 * 1024
const SAMPLE_MS = 2

/** Expects that resident memory grows less than so many MiB meanwhile, in the best of three tries. */
export async function expectMemoryBelow(mebibytes: number, work: () => Promise<unknown>): Promise<void> {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 3; round++) {
    const before = process.memoryUsage.rss()
    let peak = before
    const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), SAMPLE_MS)
    await work()
    clearInterval(timer)
    best = Math.min(best, Math.max(peak, process.memoryUsage.rss()) - before)
  }
  expect(best / MEBIBYTE).toBeLessThan(mebibytes)
}
