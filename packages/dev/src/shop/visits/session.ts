import type { JsonObject } from '@affluent/protocol/event'
import type { SeededRandom } from '../../faults/seeded-random.ts'
import { type Arrival, SHOP_NAME, SITE } from '../data/campaigns.ts'
import type { Device, Handset } from '../people/devices.ts'
import type { Shopper } from '../people/shopper.ts'
import type { ShopSource } from '../shop-record.ts'
import type { Story } from '../story.ts'

/** Where and with what a session begins. */
export interface SessionStart {
  readonly at: number
  readonly device: Device
  readonly arrival: Pick<Arrival, 'referrer' | 'campaign'>
  /** their account is open already */
  readonly signedIn: boolean
  /** milliseconds for which the app has no network */
  readonly offline: number
}

/** One person in front of one screen: pages of the site, or screens of the app. */
export class Session {
  readonly shopper: Shopper
  readonly device: Device
  readonly #story: Story
  readonly #random: SeededRandom
  readonly #context: JsonObject
  readonly #offlineUntil: number
  #at: number
  #signedIn: boolean
  #page: JsonObject | undefined
  #referrer: string

  constructor(story: Story, shopper: Shopper, start: SessionStart, random: SeededRandom) {
    const { at, device, arrival, signedIn, offline } = start
    this.#story = story
    this.shopper = shopper
    this.device = device
    this.#random = random
    this.#at = at
    this.#signedIn = signedIn
    this.#referrer = arrival.referrer
    this.#offlineUntil = offline === 0 ? 0 : at + offline
    const { locale, zone } = shopper.home.country
    const where = device.handset === undefined ? ofBrowser(device, arrival) : ofHandset(device.handset)
    this.#context = { ...where, locale, timezone: zone }
  }

  get at(): number {
    return this.#at
  }

  get signedIn(): boolean {
    return this.#signedIn
  }

  get source(): ShopSource {
    return this.device.handset === undefined ? 'web' : 'app'
  }

  /** Time goes by. */
  wait(secondsMin: number, secondsMax: number): void {
    this.#at += this.#random.between(secondsMin * 1_000, secondsMax * 1_000)
  }

  /** Another page, or another screen of the app. */
  look(name: string, path: string, title: string): void {
    if (this.device.handset !== undefined) {
      this.#tell({ type: 'screen', name, properties: { path } })
      return
    }
    const url = `${SITE}${path}`
    this.#page = { path, url, title: `${title} | ${SHOP_NAME}`, referrer: this.#referrer }
    this.#tell({ type: 'page', name, properties: { ...this.#page } })
    this.#referrer = url
  }

  track(event: string, properties: JsonObject = {}): void {
    this.#tell({ type: 'track', event, properties })
  }

  /** The account is open from here on. */
  signIn(traits: JsonObject, externalIds: readonly JsonObject[] = []): void {
    this.#signedIn = true
    this.identify(traits, externalIds)
  }

  /** Says something about whoever is here. */
  identify(traits: JsonObject, externalIds: readonly JsonObject[] = []): void {
    this.#tell({ type: 'identify', traits }, externalIds)
  }

  /** They act for a company. */
  group(groupId: string, traits: JsonObject): void {
    this.#tell({ type: 'group', groupId, traits })
  }

  /** What older versions of the app send when somebody makes an account. */
  alias(): void {
    this.#tell({ type: 'alias', previousId: this.device.anonymousId })
  }

  #tell(event: JsonObject, externalIds: readonly JsonObject[] = []): void {
    const { habits, userId } = this.shopper
    const { source } = this
    const isLate = this.#at < this.#offlineUntil
    this.#story.tell({
      ...{ at: this.#at, source, truth: habits.person },
      ...(isLate ? { sentAt: this.#offlineUntil, planted: 'late' as const } : {}),
      event: {
        ...event,
        anonymousId: this.device.anonymousId,
        ...(this.#signedIn ? { userId } : {}),
        context: {
          ...this.#context,
          ...(this.#page === undefined ? {} : { page: this.#page }),
          ...(externalIds.length === 0 ? {} : { externalIds: [...externalIds] }),
        },
      },
    })
    this.wait(0, 2)
  }
}

/** One entry of `context.externalIds`, as Segment's specification writes it. */
export function externalId(type: string, id: string): JsonObject {
  return { id, type, collection: 'users', encoding: 'none' }
}

function ofBrowser(device: Device, { campaign }: Pick<Arrival, 'campaign'>): JsonObject {
  return {
    library: { name: 'analytics.js', version: 'npm:next-1.81.0' },
    userAgent: device.browser.userAgent,
    ...(campaign === undefined ? {} : { campaign: { ...campaign } }),
  }
}

function ofHandset({ system, id, manufacturer, model, version, advertisingId }: Handset): JsonObject {
  return {
    library: {
      name: system === 'ios' ? 'analytics-swift' : 'analytics-kotlin',
      version: system === 'ios' ? '1.9.1' : '1.21.0',
    },
    app: { name: SHOP_NAME, version: '4.12.0', build: '4120', namespace: 'example.maison-confluent.app' },
    device: {
      ...{ id, manufacturer, model, type: system },
      ...(advertisingId === undefined
        ? { adTrackingEnabled: false }
        : { adTrackingEnabled: true, advertisingId }),
    },
    os: { name: system === 'ios' ? 'iOS' : 'Android', version },
    network: { cellular: false, wifi: true },
  }
}
