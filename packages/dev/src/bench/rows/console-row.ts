/// <reference lib="dom" />
import { setTimeout as pause } from 'node:timers/promises'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { NO_CHROMIUM, openContext, startChromium } from '../../e2e/chromium.ts'
import { type BenchContext, settle } from '../bench-context.ts'
import type { Row } from '../report/figure.ts'
import { number } from '../report/print-report.ts'
import { OWNER } from '../server-under-test.ts'
import { besideStream } from './beside-stream.ts'

const RATE = 500
const WATCH_SECONDS = 30
const ROUNDS = 5
const ROOMS = ['Live events', 'People', 'Audiences', 'Destinations', 'Sources', 'Home'] as const

/**
 * What the console costs whoever opens it: bytes and times of the first load, times of going from room to room, and a
 * live page while 500 events a second come in.
 */
export async function measureConsole(context: BenchContext): Promise<Row> {
  if (NO_CHROMIUM !== undefined) throw new Error(`The row console ${NO_CHROMIUM}.`)
  const browser = await startChromium()
  try {
    return await measure(context, browser)
  } finally {
    await browser.close()
  }
}

async function measure(context: BenchContext, browser: Browser): Promise<Row> {
  const { server, options, say } = context
  const base = `http://127.0.0.1:${server.target.port}`
  const page = await (await openContext(browser, { language: 'en' })).newPage()
  await signIn(page, base)
  say('  first load')
  const cold = await load(page, `${base}/w/main/`, true)
  const warm = await load(page, `${base}/w/main/`, false)
  say('  from room to room')
  const changes: { room: string; ms: number }[] = []
  for (let round = 0; round < ROUNDS; round++)
    for (const room of ROOMS) changes.push({ room, ms: await changeRoom(page, room) })
  // the first round brings the rooms' own files
  const first = changes.slice(0, ROOMS.length).map(({ ms }) => ms)
  const later = changes.slice(ROOMS.length).map(({ ms }) => ms)
  say(`  live events at ${RATE} a second`)
  await page.goto(`${base}/w/main/live`)
  const seconds = options.seconds ?? WATCH_SECONDS
  const { result: live } = await besideStream(
    context,
    { rate: RATE, seed: options.seed + 9, people: options.people },
    () => watchLive(page, seconds),
  )
  const checks = await settle(context)
  return {
    row: `the console in headless Chromium on the same two cores; live events at ${RATE} a second`,
    figures: [
      { name: 'first load of Home, over the wire', value: cold.bytes, unit: 'bytes', better: 'less' },
      { name: 'first load of Home, to its heading', value: cold.ms, unit: 'ms', better: 'less' },
      { name: 'load again, to its heading', value: warm.ms, unit: 'ms', better: 'less' },
      { name: 'a room for the first time, median', value: median(first), unit: 'ms', better: 'less' },
      { name: 'a room again, median', value: median(later), unit: 'ms', better: 'less' },
      { name: 'a room again, longest', value: Math.max(...later), unit: 'ms', better: 'less' },
      { name: 'live page: answer to a key, p95', value: live.keyP95, unit: 'ms', better: 'less' },
      {
        name: 'live page: longest pause between two frames',
        value: live.frameMax,
        unit: 'ms',
        better: 'less',
      },
    ],
    checks: [
      ...checks,
      {
        name: 'the live page shows what comes in',
        holds: live.rows > 0 && live.moved,
        said: `${live.rows} rows`,
      },
    ],
    notes: [
      `first load: ${number(cold.requests)} files; ${number(cold.bytes / 1024)} KiB`,
      `live page: frames p50 ${number(live.frameP50)} ms, p99 ${number(live.frameP99)} ms; tasks over 50 ms: ${live.longTasks} in ${seconds} s, the longest ${number(live.longestTask)} ms; heap ${number(live.heapBefore / 2 ** 20)} MiB, later ${number(live.heapAfter / 2 ** 20)} MiB`,
    ],
    cpu: {},
    detail: { cold, warm, changes, live },
  }
}

async function signIn(page: Page, base: string): Promise<void> {
  await page.goto(`${base}/sign-in`)
  const status = await page.evaluate(async ({ email, password }) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch('/v1/session', {
      ...{ method: 'POST', headers },
      body: JSON.stringify({ email, password }),
    })
    return answer.status
  }, OWNER)
  if (status !== 200) throw new Error(`Signing in to the console was answered with ${status}.`)
}

async function load(
  page: Page,
  url: string,
  isCold: boolean,
): Promise<{ ms: number; bytes: number; requests: number }> {
  const devtools: CDPSession = await page.context().newCDPSession(page)
  await devtools.send('Network.enable')
  if (isCold) await devtools.send('Network.clearBrowserCache')
  let bytes = 0
  let requests = 0
  devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
    if (encodedDataLength > 0) requests++
  })
  const began = performance.now()
  await page.goto(url, { waitUntil: 'commit' })
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
  const ms = performance.now() - began
  await pause(1_000)
  await devtools.detach()
  return { ms, bytes, requests }
}

/** From the click on a room in the navigation until its heading stands, measured in the page. */
async function changeRoom(page: Page, room: string): Promise<number> {
  const link = page.getByRole('navigation').getByRole('link', { name: room, exact: true })
  const handle = await link.elementHandle()
  if (handle === null) throw new Error(`The navigation has no room "${room}".`)
  const ms = await page.evaluate(
    ([element, name]) =>
      new Promise<number>((resolve, reject) => {
        const began = performance.now()
        const look = () => {
          if (document.querySelector('h1')?.textContent?.trim() === name) resolve(performance.now() - began)
          else if (performance.now() - began > 15_000) reject(new Error(`The room "${name}" does not open.`))
          else requestAnimationFrame(look)
        }
        ;(element as HTMLElement).click()
        requestAnimationFrame(look)
      }),
    [handle, room] as const,
  )
  await pause(200)
  return ms
}

interface LiveFigures {
  readonly rows: number
  readonly moved: boolean
  readonly frameP50: number
  readonly frameP99: number
  readonly frameMax: number
  readonly longTasks: number
  readonly longestTask: number
  readonly keyP95: number
  readonly heapBefore: number
  readonly heapAfter: number
}

async function watchLive(page: Page, seconds: number): Promise<LiveFigures> {
  await page.getByRole('row').nth(2).waitFor()
  return page.evaluate(async (ms) => {
    const frames: number[] = []
    const tasks: number[] = []
    const keys: number[] = []
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) tasks.push(entry.duration)
    })
    observer.observe({ type: 'longtask' })
    const heap = () =>
      (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize
    const firstRow = () => document.querySelectorAll('[role="row"], tbody tr')[1]?.textContent
    const heapBefore = heap()
    const before = firstRow()
    const end = performance.now() + ms
    let last = performance.now()
    let nextKey = last + 500
    await new Promise<void>((resolve) => {
      const onFrame = (now: number) => {
        frames.push(now - last)
        last = now
        if (now > nextKey) {
          nextKey = now + 500
          const pressed = performance.now()
          // how long a key waits until the page has dealt with it and drawn
          window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Shift' }))
          setTimeout(() => requestAnimationFrame(() => keys.push(performance.now() - pressed)))
        }
        if (now < end) requestAnimationFrame(onFrame)
        else resolve()
      }
      requestAnimationFrame(onFrame)
    })
    observer.disconnect()
    const at = (values: number[], share: number) =>
      [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0
    return {
      rows: document.querySelectorAll('[role="row"], tbody tr').length,
      moved: firstRow() !== before,
      ...{ frameP50: at(frames, 0.5), frameP99: at(frames, 0.99), frameMax: Math.max(...frames) },
      ...{ longTasks: tasks.length, longestTask: Math.max(0, ...tasks), keyP95: at(keys, 0.95) },
      ...{ heapBefore, heapAfter: heap() },
    }
  }, seconds * 1_000)
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
