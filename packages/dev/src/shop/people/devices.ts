import { type Browser, DESK_BROWSERS, PHONE_BROWSERS, TABLET_BROWSER } from '../data/user-agents.ts'
import { DRAW, seedOf, shareOf, uuidOf } from '../seeds.ts'
import type { Shop } from '../shop.ts'
import { householdSeed } from './habits.ts'
import type { Shopper } from './shopper.ts'

/** What somebody looks at the shop with. */
export type DeviceKind = 'phone' | 'desk' | 'tablet' | 'app'

export interface Device {
  readonly kind: DeviceKind
  readonly anonymousId: string
  readonly browser: Browser
  /** of the app */
  readonly handset: Handset | undefined
}

/** A telephone with the shop's app. */
export interface Handset {
  readonly system: 'ios' | 'android'
  readonly id: string
  readonly manufacturer: string
  readonly model: string
  readonly version: string
  /** undefined: its owner does not let anyone follow */
  readonly advertisingId: string | undefined
}

const APP_SHARE = 0.42
const MODELS: readonly Omit<Handset, 'id' | 'advertisingId'>[] = [
  { system: 'ios', manufacturer: 'Apple', model: 'iPhone15,4', version: '18.6' },
  { system: 'android', manufacturer: 'Samsung', model: 'SM-S921B', version: '15' },
  { system: 'ios', manufacturer: 'Apple', model: 'iPhone14,5', version: '17.7' },
  { system: 'android', manufacturer: 'Google', model: 'Pixel 7a', version: '14' },
  { system: 'android', manufacturer: 'Xiaomi', model: '2312DRA50G', version: '14' },
]
const PLACES: Readonly<Record<DeviceKind, number>> = { phone: 0, desk: 1, tablet: 2, app: 3 }
const EPOCHS_MAX = 10_000

/** Whether somebody has the shop's app on the telephone. */
export function hasApp({ habits }: Shopper): boolean {
  return habits.kind === 'member' && shareOf(habits.seed, DRAW.device) < APP_SHARE
}

/**
 * What somebody holds in their hand on a day. Browsers forget who was there, some after weeks; a new telephone is
 * another device; the tablet of a couple is one for both.
 */
export function deviceOf(shop: Shop, shopper: Shopper, kind: DeviceKind, day: number): Device {
  const { seed, person } = shopper.habits
  const generation = kind !== 'desk' && day >= shopper.phoneDay && shopper.phoneDay >= 0 ? 1 : 0
  const place = PLACES[kind] * 2 + generation
  if (kind === 'tablet') {
    const anonymousId = uuidOf(householdSeed(shop, person), DRAW.cookie)
    return { kind, anonymousId, browser: TABLET_BROWSER, handset: undefined }
  }
  const browsers = kind === 'desk' ? DESK_BROWSERS : PHONE_BROWSERS
  const browser = browsers[seedOf(seed, DRAW.browser, place) % browsers.length] as Browser
  const { forgetsAfter } = browser
  const age = day + (seedOf(seed, DRAW.browser, place + 100) % 60)
  const epoch = forgetsAfter === undefined || kind === 'app' ? 0 : Math.floor(age / forgetsAfter)
  const anonymousId = uuidOf(seed, DRAW.cookie, place * EPOCHS_MAX + epoch)
  return { kind, anonymousId, browser, handset: kind === 'app' ? handsetOf(seed, generation) : undefined }
}

function handsetOf(seed: number, generation: number): Handset {
  const model = MODELS[(seedOf(seed, DRAW.device, 1) + generation) % MODELS.length] as (typeof MODELS)[number]
  const lets = shareOf(seed, DRAW.device, 2 + generation) < (model.system === 'ios' ? 0.25 : 0.7)
  const id = uuidOf(seed, DRAW.device, 10 + generation)
  return {
    ...model,
    id: model.system === 'ios' ? id.toUpperCase() : id.replaceAll('-', '').slice(0, 16),
    advertisingId: lets ? uuidOf(seed, DRAW.device, 20 + generation) : undefined,
  }
}
